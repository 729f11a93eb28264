// Trains a small ordinal diffusion generator on drawn eyes of known severity and saves what it draws beside real ones.
// Arguments: training steps (default 750, a minute on two cores with bfloat16), and the folder to write to (default "eyes").
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Drawing;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

var steps = args.Length > 0 ? long.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 750;
var folder = args.Length > 1 ? args[1] : "eyes";

TorchEngine.Start(threads: 0); // all cores
var device = TorchEngine.Resolve("auto"); // CUDA where there is one
var context = new RunContext(device, TorchEngine.FastestPrecision(device),
    p => Console.Error.Write($"\r{p.Stage} {p.Step}/{p.Total} {p.Note}   "), CancellationToken.None);

var real = PhantomDataset.Draw(count: 400, size: 32, seed: 1, shares: [.2, .2, .2, .2, .2]);
var config = new DiffusionConfig
{
    Network = new() { Channels = 16, Multipliers = [1, 2, 4, 4], Blocks = 1, Groups = 4, Dropout = 0 },
    Prediction = PredictionKind.X0,
    MinSnr = 5,
    NoiseLevels = new() { Mean = -.7, Deviation = 1.2 }, // where vessels and lesions take shape
    HorizontalFlip = true,
    Sampling = BatchSampling.Balanced,
    Ordinal = new() { Weight = 1, Triplets = TripletKind.Condition, Share = 1 / 16.0 },
    Batch = 16,
    Steps = steps,
    Optimizer = UpdateRule.Muon,
    LearningRate = .005,
    Decay = RateDecay.Cosine,
    Ema = .995,
    Sampler = new() { Kind = SamplerKind.Dpmpp2M, Steps = 15, Spacing = TimeSpacing.Karras, Guidance = 1.8 },
};
var training = Path.Combine(folder, "generator");
DiffusionTraining.Train(config, real, seed: 1, training, context, "train");

// loaded once, sampled as often as one likes; every image can be made again from its seed
using var generator = DiffusionGenerator.Load(training, context);
var drawn = Synthesis.Draw(generator, new Plan { Counts = [6, 6, 6, 6, 6] }, seed: 7, context, "draw");

var picture = Path.Combine(folder, "eyes.png");
SourcesSheet.Draw("drawn eyes by severity", [new("real", real), new("generated", drawn)], [0, 1, 2, 3, 4]).Save(picture);
Console.Error.WriteLine();
Console.WriteLine($"{drawn.Count} images of {generator.ClassNames.Count} grades in {picture}");
