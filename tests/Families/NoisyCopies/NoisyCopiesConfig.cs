using Odm.Augment.Generators;
using Odm.Augment.Plans;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Families.Tests.NoisyCopies;

/// <summary>A third family of generators: repeats training images with noise on them. Nothing but its folder and a row of the table knows it.</summary>
internal sealed record NoisyCopiesConfig : GeneratorConfig
{
    /// <summary>Largest change of a pixel.</summary>
    public int Amplitude { get; init; } = 10;

    /// <summary>Which images are remembered: every one, or every second one, ...</summary>
    public int Stride { get; init; } = 1;

    public override bool Anew => false;

    public override IReadOnlyList<string> SamplingFields => ["amplitude"];

    public override object Sampling => new NoisySampling { Amplitude = Amplitude };

    public IEnumerable<string> Faults(string path) => Amplitude is >= 0 and < 256 ? [] : [$"{path}.amplitude: {Amplitude}; must be 0 to 255"];

    public override long Weights(ImageSet train) => 0;

    public override GeneratorCost Cost(Calibration calibration) => new() { Work = "1 pass" };

    public override void Train(TrainingWork work)
    {
        work.Images.Save(Path.Combine(work.Folder, "memory"));
        var list = TrainingList.Write(work.Folder, work.Images);
        new Checkpoint
        {
            Weights = new Dictionary<string, Tensor>(StringComparer.Ordinal),
            State = new CheckpointState
            {
                Step = Stride,
                Seed = work.Seed,
                TrainingListHash = work.Images.ContentHash,
                More = new Dictionary<string, string>(StringComparer.Ordinal) { [TrainingList.StateKey] = list },
            },
        }.Write(Path.Combine(work.Folder, "checkpoint"));
        work.Facts["images"] = work.Images.Count;
    }

    public override void Synthesize(SynthesisWork work)
    {
        using var generator = new Noisy(work.Trained, Amplitude);
        var made = Synthesis.Fill(generator, new Plan { Counts = work.Counts }, work.Seed, work.Classes, work.Folder, work.Context, work.Stage);
        work.Facts["images"] = made.Count;
        work.Facts["network_evaluations"] = 0;
        work.Facts["generator"] = generator.Hash;
    }

    public override IGenerator Open(string folder, RunContext context) => new Noisy(folder, Amplitude);

    public override ImageSet Regenerate(RegenerationWork work)
    {
        using var generator = new Noisy(work.Trained, Amplitude);
        var row = work.Set.Rows[work.Index];
        return ImageSet.FromPixels(Synthesis.Regenerate(generator, row), work.Set.Channels, work.Set.Height, work.Set.Width, [row with { Sha256 = "" }], work.Set.Classes);
    }

    private sealed record NoisySampling
    {
        public int Amplitude { get; init; }
    }

    private sealed class Noisy(string folder, int amplitude) : IGenerator
    {
        private readonly ImageSet memory = ImageSet.Open(Path.Combine(folder, "memory"));

        public string Name => "noisy_copies";

        public string Hash => memory.ContentHash;

        public int Channels => memory.Channels;

        public int Height => memory.Height;

        public int Width => memory.Width;

        public IReadOnlyList<string> ClassNames => memory.Classes;

        public int PreferredBatch => 4;

        public int Evaluations => 0;

        public void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken cancel = default)
        {
            var size = Channels * Height * Width;
            for (var k = 0; k < batch.Count; k++)
            {
                var rng = Rng.For(batch[k].Seed, "noisy copy");
                int[] alike = [.. Enumerable.Range(0, memory.Count).Where(i => memory.Rows[i].Label == batch[k].Label)];
                var source = memory.Image(alike[rng.Permutation(alike.Length)[0]]);
                for (var i = 0; i < size; i++)
                {
                    pixels[k * size + i] = (byte)Math.Clamp(source[i] + (int)((2 * rng.NextDouble() - 1) * amplitude), 0, 255);
                }
            }
        }

        public Provenance Describe(SampleRequest request, int batch, int slot) => new()
        {
            Generator = $"{Name}:{Hash}",
            Seed = request.Seed,
            Sampler = "copy",
            Steps = 1,
            Guidance = 1,
            More = new Dictionary<string, string>(StringComparer.Ordinal) { ["batch"] = $"{batch}", ["slot"] = $"{slot}", ["amplitude"] = $"{amplitude}" },
        };

        public void Dispose()
        {
        }
    }
}
