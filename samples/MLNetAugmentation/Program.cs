// Does ordinal diffusion help a classifier, in an ML.NET program? Loads class folders, splits by patient, balances the training rows with a generator, trains ResNet-50 and
// L-BFGS on ResNet-18 features with and without the synthetic rows, evaluates, saves the model, and predicts one file in a second process that knows ML.NET alone.
// Arguments: a folder of class folders with files named PATIENT_anything.png (drawn eyes by default), training steps of the generator (default 250) and of ResNet-50 (default 100).
// "predict MODEL FILE" predicts one file.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.MLNet;
using Odm.Samples;

const int side = 32; // px
if (args is ["predict", var saved, var photo])
{
    Answer.Print(saved, photo);
    return;
}
var folder = args.Length > 0 && args[0].Length > 0 ? args[0] : DrawnEyes.Save("eyes-by-grade", count: 300, side);
var (generatorSteps, classifierSteps) = (args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : 250,
    args.Length > 2 ? long.Parse(args[2], CultureInfo.InvariantCulture) : 100);

var ml = new MLContext(seed: 1);
ml.Log += (_, e) =>
{
    if (e.Source.Contains("Odm", StringComparison.Ordinal))
    {
        Console.Error.WriteLine(e.Message);
    }
};

var files = ml.Data.LoadFromEnumerable(Photo.Below(folder));
var images = ml.Transforms.Conversion.MapValueToKey("Label", "Grade", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
    .Append(ml.Transforms.LoadImages("Loaded", "", "Path"))
    .Append(ml.Transforms.ResizeImages("Image", side, side, "Loaded")).Fit(files).Transform(files);
var split = ml.Data.TrainTestSplit(images, testFraction: .4, samplingKeyColumnName: "Group"); // no patient on both sides
var (train, test) = (split.TrainSet, split.TestSet);

using var generator = ml.Augmentation().Ordinal(new DiffusionConfig
{
    Network = new() { Channels = 16, Multipliers = [1, 2, 4, 4], Blocks = 1, Groups = 4, Dropout = 0 },
    Prediction = PredictionKind.X0,
    MinSnr = 5,
    NoiseLevels = new() { Mean = -.7, Deviation = 1.2 },
    HorizontalFlip = true,
    Sampling = BatchSampling.Balanced,
    Ordinal = new() { Weight = 1, Triplets = TripletKind.Condition, Share = 1 / 16.0 },
    Batch = 16,
    Steps = generatorSteps,
    Optimizer = UpdateRule.Muon,
    LearningRate = .005,
    Decay = RateDecay.Cosine,
    Ema = .995,
    Sampler = new() { Kind = SamplerKind.Dpmpp2M, Steps = 15, Spacing = TimeSpacing.Karras, Guidance = 1.8 },
}).Fit(train);
var balanced = generator.Balance(train);

var resnet = ml.MulticlassClassification.Trainers.ResNet50(ml, new() { Settings = new() { Steps = classifierSteps, Batch = 16 } });
var lbfgs = ml.Transforms.ResNet18Features("Features").AppendCacheCheckpoint(ml).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
Console.WriteLine("judge      training rows      micro accuracy  macro accuracy  log-loss  QWK [95 %]");
ITransformer? best = null;
foreach (var (rows, data) in new[] { ("real", train), ("real + synthetic", balanced) })
{
    foreach (var (judge, trainer) in new (string, IEstimator<ITransformer>)[] { ("ResNet-50", resnet), ("L-BFGS", lbfgs) })
    {
        var model = trainer.Fit(data);
        best = judge == "ResNet-50" ? model : best;
        var scored = ml.Data.Cache(model.Transform(test)); // evaluated twice, predicted once
        var metrics = ml.MulticlassClassification.Evaluate(scored);
        var qwk = ml.MulticlassClassification.EvaluateStudy(scored)["qwk"];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{judge,-10} {rows,-18} {metrics.MicroAccuracy,14:F3}  {metrics.MacroAccuracy,14:F3}  {metrics.LogLoss,8:F3}  "
            + $"{qwk.Value:F3} [{qwk.Low:F3}, {qwk.High:F3}]"));
    }
}

ml.Model.Save(best, images.Schema, "model.zip");
using var second = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Environment.GetCommandLineArgs()[..1].Where(a => a.EndsWith(".dll", StringComparison.Ordinal)
    && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"), "predict", "model.zip", Photo.Below(folder)[0].Path]))!;
second.WaitForExit();
Environment.ExitCode = second.ExitCode;
