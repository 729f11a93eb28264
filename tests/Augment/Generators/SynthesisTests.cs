using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

public sealed class SynthesisTests : IDisposable
{
    private static readonly int[] Counts = [3, 0, 2, 1, 4];
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private DiffusionGenerator Generator(SamplerConfig? sampler = null)
    {
        var folder = scratch["generator"];
        if (!Directory.Exists(folder))
        {
            DiffusionTraining.Train(Small.Config, Small.Images(), 1, folder, Small.Context(), "train odm");
        }
        return DiffusionGenerator.Load(folder, Small.Context(), sampler);
    }

    private ImageSet Fill(IGenerator generator, string name, CancellationToken cancel = default, List<Progress>? reports = null) =>
        Synthesis.Fill(generator, new() { Counts = Counts }, 5, Small.Classes, scratch[name], Small.Context(reports, cancel), "synthesize odm");

    [Fact]
    public void Makes_what_is_planned_with_a_provenance_row_an_image()
    {
        using var generator = Generator();
        var set = Fill(generator, "set");
        set.ClassCounts().ShouldBe(Counts);
        set.Rows.Select(r => r.Id).Distinct().Count().ShouldBe(10);
        set.Rows.Select(r => r.Provenance!.Seed).Distinct().Count().ShouldBe(10);
        set.Rows.ShouldAllBe(r => r.Origin == ImageRow.Synthetic && r.Provenance!.Generator == $"diffusion:{generator.Hash}");
        var last = set.Rows[^1].Provenance!;
        (last.Sampler, last.Steps, last.Guidance).ShouldBe(("ddim", 3, 2));
        (last.More["batch"], last.More["slot"]).ShouldBe(("2", "1")); // 4 + 4 + 2
        Directory.Exists(scratch["set"] + ".parts").ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_row_makes_its_image_again_bit_for_bit(double eta)
    {
        using var generator = Generator(new() { Steps = 3, Batch = 4, Eta = eta });
        var set = Fill(generator, "set");
        for (var i = 0; i < set.Count; i++)
        {
            Synthesis.Regenerate(generator, set.Rows[i]).ShouldBe(set.Image(i).ToArray());
        }
    }

    public static TheoryData<SamplerConfig, string> Samplers() => new()
    {
        { new() { Steps = 3 }, "ddim: eta 0, clip true" },
        { new() { Steps = 5, Spacing = TimeSpacing.Karras, GuidanceInterval = [0.3, 5.5] }, "ddim: eta 0, clip true, spacing karras, guidance_interval 0.3;5.5" },
        { new() { Kind = SamplerKind.Dpmpp2M, Steps = 4, Clip = false }, "dpmpp_2m: eta 0, clip false" },
        { new() { Kind = SamplerKind.Heun, Steps = 3, Guidance = 1 }, "heun: eta 0, clip true" },
        { new() { Kind = SamplerKind.EulerAncestral, Steps = 3, Eta = 0.5 }, "euler_ancestral: eta 0.5, clip true" },
    };

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_row_says_how_it_was_sampled_and_makes_its_image_again_with_what_it_says(SamplerConfig sampler, string words)
    {
        using var generator = Generator(sampler with { Batch = 4 });
        var set = Fill(generator, "set");
        var (row, image) = (set.Rows[8], set.Image(8).ToArray());
        var made = row.Provenance!;
        $"{made.Sampler}: {string.Join(", ", made.More.Where(m => m.Key is not ("batch" or "slot")).Select(m => $"{m.Key} {m.Value}"))}".ShouldBe(words);
        using var again = Generator(SamplerProvenance.Read(made));
        Synthesis.Regenerate(again, row).ShouldBe(image);
        using var other = Generator(SamplerProvenance.Read(made) with { Spacing = sampler.Spacing == TimeSpacing.Karras ? TimeSpacing.Uniform : TimeSpacing.Karras });
        Should.Throw<DatasetException>(() => Synthesis.Regenerate(other, row)).Message.ShouldContain("made by diffusion");
        using var elsewhere = Generator(SamplerProvenance.Read(made) with { GuidanceInterval = [0.1, 5.5] });
        Should.Throw<DatasetException>(() => Synthesis.Regenerate(elsewhere, row)).Message.ShouldContain("made by diffusion");
    }

    [Fact]
    public void Sampler_settings_are_kept_in_the_checkpoint()
    {
        var sampler = new SamplerConfig { Kind = SamplerKind.Dpmpp2M, Steps = 7, Spacing = TimeSpacing.Karras, GuidanceInterval = [.25, 4] };
        DiffusionTraining.Train(Small.Config with { Steps = 1, Sampler = sampler }, Small.Images(), 1, scratch["kept"], Small.Context(), "train odm");
        using var generator = DiffusionGenerator.Load(scratch["kept"], Small.Context());
        var made = generator.Describe(new("a", 0, 1), 1, 0);
        (made.Sampler, made.Steps, made.More["spacing"], made.More["guidance_interval"]).ShouldBe(("dpmpp_2m", 7, "karras", "0.25;4"));
        generator.Evaluations.ShouldBe(sampler.Evaluations(NoiseSchedule.Linear()));
    }

    [Fact]
    public void Sampler_settings_of_a_row_that_no_version_wrote_are_refused()
    {
        using var generator = Generator();
        var made = generator.Describe(new("a", 0, 1), 1, 0);
        Provenance With(string column, string value) => made with { More = new Dictionary<string, string>(made.More) { [column] = value } };
        SamplerProvenance.Read(made).ShouldBe(new SamplerConfig { Steps = 3 });
        Should.Throw<DatasetException>(() => SamplerProvenance.Read(made with { Sampler = "plms" })).Message
            .ShouldBe("sampler 'plms' of the row is not one of ddim, ddpm, ddpm_posterior, ddpm_learned, dpmpp_2m, heun, euler, euler_ancestral");
        Should.Throw<DatasetException>(() => SamplerProvenance.Read(With("spacing", "even"))).Message.ShouldBe("spacing 'even' of the row is not one of uniform, karras");
        Should.Throw<DatasetException>(() => SamplerProvenance.Read(With("guidance_interval", "3;x"))).Message.ShouldContain("guidance_interval '3;x' of the row");
    }

    [Fact]
    public void A_generator_that_learned_its_variances_samples_with_them()
    {
        var learned = Small.Config with { LearnedVariance = true, Steps = 2, Schedule = new() { Steps = 6, BetaStart = .05, BetaEnd = .5 }, Sampler = new() { Kind = SamplerKind.DdpmLearned, Steps = 1, Batch = 4 } };
        (learned with { LearnedVariance = false }).Faults("generators.odm").ShouldHaveSingleItem().ShouldBe("generators.odm.sampler.kind: ddpm_learned; that needs generators.odm.learned_variance: true");
        DiffusionTraining.Train(learned, Small.Images(), 1, scratch["learned"], Small.Context(), "train odm");
        using var generator = DiffusionGenerator.Load(scratch["learned"], Small.Context());
        var set = Fill(generator, "set");
        set.Rows[^1].Provenance!.ShouldSatisfyAllConditions(p => p.Sampler.ShouldBe("ddpm_learned"), p => p.Steps.ShouldBe(6));
        Synthesis.Regenerate(generator, set.Rows[0]).ShouldBe(set.Image(0).ToArray());
        Should.Throw<StudyException>(() => Generator(new() { Kind = SamplerKind.DdpmLearned })).Message.ShouldContain("without learned_variance");
    }

    [Fact]
    public void An_interrupted_filling_goes_on_and_ends_the_same()
    {
        using var generator = Generator();
        var whole = Fill(generator, "whole");
        using var cancel = new CancellationTokenSource();
        var interrupting = new Interrupting(generator, 2, cancel);
        Should.Throw<OperationCanceledException>(() => Fill(interrupting, "parts", cancel.Token));
        Directory.Exists(scratch["parts"]).ShouldBeFalse();
        var calls = new Interrupting(generator, int.MaxValue, cancel);
        var parts = Fill(calls, "parts");
        calls.Calls.ShouldBe(1); // two of three batches were kept
        parts.ContentHash.ShouldBe(whole.ContentHash);
        File.ReadAllText(Path.Combine(scratch["parts"], "rows.csv")).ShouldBe(File.ReadAllText(Path.Combine(scratch["whole"], "rows.csv")));
    }

    [Fact]
    public void An_image_does_not_depend_on_the_batch_it_is_made_in()
    {
        using var generator = Generator();
        SampleRequest[] requests = [new("a", 0, 10), new("b", 4, 11), new("c", 2, 12), new("d", 2, 13), new("e", 1, 14)];
        var together = new byte[5 * 64];
        generator.Sample(requests, together);
        for (var i = 0; i < 5; i++)
        {
            var alone = new byte[64];
            generator.Sample([requests[i]], alone);
            alone.Zip(together[(64 * i)..(64 * i + 64)], (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(1);
        }
    }

    [Fact]
    public void Seed_and_class_both_show_in_the_image()
    {
        using var generator = Generator();
        var pixels = new byte[3 * 64];
        generator.Sample([new("a", 0, 1), new("b", 0, 2), new("c", 4, 1)], pixels);
        pixels[..64].ShouldNotBe(pixels[64..128]);
        pixels[..64].ShouldNotBe(pixels[128..]);
    }

    [Fact]
    public void Samples_with_the_averaged_weights()
    {
        using var generator = Generator();
        using var scope = NewDisposeScope();
        var found = Checkpoint.TryRead(Path.Combine(scratch["generator"], "checkpoint"))!;
        using var swapped = new Scratch();
        var averaged = found.Weights.ToDictionary(w => w.Key, w => found.Ema.GetValueOrDefault(w.Key, w.Value));
        (found with { Weights = averaged, Ema = new Dictionary<string, TorchSharp.torch.Tensor>() }).Write(swapped["g"]);
        using var same = DiffusionGenerator.Load(swapped["g"], Small.Context());
        same.Hash.ShouldBe(generator.Hash);
        (found with { Ema = new Dictionary<string, TorchSharp.torch.Tensor>() }).Write(swapped["raw"]);
        using var other = DiffusionGenerator.Load(swapped["raw"], Small.Context());
        other.Hash.ShouldNotBe(generator.Hash);
    }

    [Fact]
    public void A_row_of_another_generator_or_sampler_is_refused()
    {
        using var generator = Generator();
        var set = Fill(generator, "set");
        using var other = Generator(new() { Steps = 2 });
        Should.Throw<DatasetException>(() => Synthesis.Regenerate(other, set.Rows[0])).Message.ShouldContain("3 steps");
        Should.Throw<DatasetException>(() => Synthesis.Regenerate(generator, Small.Images().Rows[0])).Message.ShouldContain("provenance");
    }

    [Fact]
    public void A_class_it_was_not_trained_on_and_a_wrong_buffer_are_the_callers_faults()
    {
        using var generator = Generator();
        Should.Throw<ArgumentException>(() => generator.Sample([new("a", 5, 1)], new byte[64]));
        Should.Throw<ArgumentException>(() => generator.Sample([new("a", 0, 1)], new byte[63]));
        Should.Throw<DatasetException>(() => DiffusionGenerator.Load(scratch["nothing"], Small.Context())).Message.ShouldContain("no generator checkpoint");
    }

    [Fact]
    public void Pixels_are_rounded_and_clipped()
    {
        using var scope = NewDisposeScope();
        DiffusionGenerator.ToPixels(tensor(new[] { -1.2f, -1, 0.0039f, 1, 3 })).bytes.ToArray().ShouldBe([0, 0, 128, 255, 255]);
    }

    /// <summary>Cancels once it was asked for a number of batches, and counts them.</summary>
    private sealed class Interrupting(IGenerator inner, int after, CancellationTokenSource cancel) : IGenerator
    {
        public int Calls { get; private set; }

        public string Name => inner.Name;

        public string Hash => inner.Hash;

        public int Channels => inner.Channels;

        public int Height => inner.Height;

        public int Width => inner.Width;

        public IReadOnlyList<string> ClassNames => inner.ClassNames;

        public int PreferredBatch => inner.PreferredBatch;

        public int Evaluations => inner.Evaluations;

        public void Sample(IReadOnlyList<SampleRequest> batch, Span<byte> pixels, CancellationToken token)
        {
            inner.Sample(batch, pixels, token);
            if (++Calls == after)
            {
                cancel.Cancel();
            }
        }

        public Provenance Describe(SampleRequest request, int batch, int slot) => inner.Describe(request, batch, slot);

        public void Dispose()
        {
        }
    }
}
