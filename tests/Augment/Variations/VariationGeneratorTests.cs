using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Family;
using Odm.Augment.Variations;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Tests;

/// <summary>The family: sources, rows, settings, what is refused.</summary>
public sealed class VariationGeneratorTests(VariationGeneratorTests.Training training) : IClassFixture<VariationGeneratorTests.Training>, IDisposable
{
    /// <summary>One training for all tests.</summary>
    public sealed class Training : IDisposable
    {
        private readonly Scratch scratch = new();

        public Training() => DiffusionTraining.Train(Small.Config, Small.Images(), 1, Folder, Small.Context(), "train");

        public string Folder => scratch["trained"];

        public void Dispose() => scratch.Dispose();
    }

    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static DiffusionGeneratorConfig Own => new() { Kind = "diffusion", Diffusion = Small.Config };

    private static VariationsGeneratorConfig Config => new() { Kind = "variations", Of = Own, Strength = .5 };

    [Theory]
    [InlineData(InversionKind.Noise, VariationTarget.Same)]
    [InlineData(InversionKind.Ddim, VariationTarget.Neighbour)]
    public void A_set_names_its_sources_and_each_image_can_be_made_again(InversionKind inversion, VariationTarget towards)
    {
        var config = Config with { Inversion = inversion, Towards = towards, Grades = towards == VariationTarget.Same ? null : Small.Classes };
        var (set, images) = (Filled(config, "set", [3, 0, 2, 0, 2]), Small.Images());
        set.Count.ShouldBe(7);
        foreach (var row in set.Rows)
        {
            var source = images.Rows.Single(r => r.Id == row.Provenance!.SourceIds);
            Math.Abs(source.Label - row.Label).ShouldBe(towards == VariationTarget.Same ? 0 : 1);
            row.Provenance!.More["strength"].ShouldBe("0.5");
        }

        // the guard lets an arm see fewer images than the set of sources that lies in a run
        for (var i = 0; i < set.Count; i += 3)
        {
            Again(config, set, i, images).Rows[0].Sha256.ShouldBe(set.Rows[i].Sha256);
        }
    }

    [Fact]
    public void A_set_that_was_interrupted_goes_on_to_the_same_images()
    {
        Filled(Config, "whole", [3, 0, 2, 0, 2]);
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Filled(Config, "parted", [3, 0, 2, 0, 2], Small.Context(cancel: cancel.Token) with { Report = _ => cancel.Cancel() }));
        Directory.Exists(scratch["parted.parts"]).ShouldBeTrue();
        Filled(Config, "parted", [3, 0, 2, 0, 2]).ContentHash.ShouldBe(ImageSet.Open(scratch["whole"]).ContentHash);
    }

    [Fact]
    public void Full_strength_draws_what_the_other_generator_draws_of_that_seed()
    {
        using var plain = DiffusionGenerator.Load(training.Folder, Small.Context());
        using var varied = VariationGenerator.Load(training.Folder, Small.Context(), new() { Strength = 1, Sampler = Small.Config.Sampler }, Small.Images());
        SampleRequest[] requests = [new("a", 0, 1), new("b", 3, 2)];
        Drawn(varied, requests).ShouldBe(Drawn(plain, requests));
        varied.Evaluations.ShouldBe(plain.Evaluations);
    }

    [Fact]
    public void The_training_is_that_of_the_other_generator_and_costs_follow_the_strength()
    {
        var config = Config;
        config.TrainedAs().ShouldBeSameAs(config.Of);
        config.ToString().ShouldContain("Strength = 0.5");
        static int Evaluations(double strength, InversionKind inversion = InversionKind.Noise) => VariationGenerator.EvaluationsOf(
            new() { Strength = strength, Inversion = inversion, Sampler = new() { Steps = 10, Guidance = 2 } }, Diffusion.Process.NoiseSchedule.Linear());
        Evaluations(1).ShouldBe(20);
        Evaluations(.5).ShouldBe(10);
        Evaluations(.001).ShouldBe(2);
        Evaluations(.5, InversionKind.Ddim).ShouldBe(10 + 3 * 5); // guided in sampling, three rounds and no guidance backwards
    }

    [Fact]
    public void Sources_are_drawn_evenly_from_the_classes_that_they_may_be_of()
    {
        var sources = new VariationSources(Small.Images(), new() { Towards = VariationTarget.Neighbour, Grades = Small.Classes });
        var labels = Enumerable.Range(0, 2000).Select(i => Small.Images().Rows[sources.Of(new("", 2, (ulong)i))].Label).ToList();
        labels.Count(l => l == 1).ShouldBeInRange(900, 1100); // ±4.5 standard deviations
        labels.Count(l => l == 3).ShouldBe(2000 - labels.Count(l => l == 1));
        Enumerable.Range(0, 300).ShouldAllBe(i => Small.Images().Rows[sources.Of(new("", 0, (ulong)i))].Label == 1);
    }

    [Theory]
    [InlineData("0,1,2,3,4", "0,1,2,3,4")]
    [InlineData("Mayo 0,Mayo 2,Mayo 1", "Mayo 0,Mayo 1,Mayo 2")]
    [InlineData("akiec,bcc,mel", null)]
    [InlineData("1,1 of 2", null)]
    [InlineData("grade 1,grade 01", null)]
    public void Classes_are_in_order_by_the_numbers_in_their_names(string classes, string? expected)
    {
        var names = classes.Split(',');
        var order = VariationSources.Order(names, null);
        (order is null ? null : string.Join(',', order.Select(i => names[i]))).ShouldBe(expected);
    }

    [Fact]
    public void What_does_not_fit_is_one_line_that_names_the_field()
    {
        static string[] Of(VariationsGeneratorConfig config) => [.. config.Faults("generators.v")];
        Of(Config).ShouldBeEmpty();
        Of(Config with { Strength = 0 }).ShouldBe(["generators.v.strength: 0; must be above 0, up to 1"]);
        Of(Config with { Strength = 1.1 }).ShouldBe(["generators.v.strength: 1.1; must be above 0, up to 1"]);
        Of(Config with { Strength = double.NaN }).Length.ShouldBe(1);
        Of(Config with { Of = new InpaintGeneratorConfig { Kind = "inpaint" } }).Single().ShouldContain("generators.v.of: a generator of kind inpaint; must be of kind diffusion");
        Of(Config with { Of = Own with { Diffusion = Small.MaskConfig } }).Single().ShouldContain("with masks or without classes");
        Of(Config with { Grades = Small.Classes }).Single().ShouldContain("generators.v.grades: given beside generators.v.towards: same");
        Of(Config with { Sampler = new() { Steps = 0 } }).Single().ShouldContain("generators.v.sampler.steps: 0");

        var neighbours = Config with { Towards = VariationTarget.Neighbour };
        string[] Faults(VariationsGeneratorConfig config) => [.. config.ImageFaults("generators.v", Small.Images(), new(_ => null, null!))];
        Faults(Config).ShouldBeEmpty();
        Faults(neighbours).Single().ShouldContain("generators.v.towards: neighbour; the classes none, mild, moderate, severe, proliferative have no order");
        Faults(neighbours with { Grades = Small.Classes }).ShouldBeEmpty();
        Faults(neighbours with { Grades = ["none", "mild"] }).Single().ShouldContain("generators.v.grades: none, mild; must be the classes");
    }

    [Fact]
    public void A_class_without_sources_is_named()
    {
        var images = Small.Images();
        var few = images.Select([.. Enumerable.Range(0, images.Count).Where(i => images.Rows[i].Label is 0 or 4)]);
        Should.Throw<DatasetException>(() => Filled(Config, "set", [1, 2, 0, 0, 0], sources: few)).Message.ShouldBe("class mild: 2 variations are planned, but it has no training image");
        var neighbours = Config with { Towards = VariationTarget.Neighbour, Grades = Small.Classes };
        Should.Throw<DatasetException>(() => Filled(neighbours, "set", [0, 0, 3, 0, 0], sources: few)).Message.ShouldBe("class moderate: 3 variations are planned, but no class next to it has a training image");
        Directory.Exists(scratch["set"]).ShouldBeFalse();
    }

    private ImageSet Filled(VariationsGeneratorConfig config, string name, int[] counts, RunContext? context = null, ImageSet? sources = null)
    {
        config.Synthesize(new()
        {
            Trained = training.Folder,
            Sources = sources ?? Small.Images(),
            Counts = counts,
            Classes = Small.Classes,
            Seed = 5,
            Number = 1,
            Folder = scratch[name],
            Context = context ?? Small.Context(),
            Stage = "synthesize",
        });
        return ImageSet.Open(scratch[name]);
    }

    private ImageSet Again(VariationsGeneratorConfig config, ImageSet set, int index, ImageSet sources)
        => config.Regenerate(new() { Trained = training.Folder, Set = set, Index = index, Sources = sources, Context = Small.Context() });

    private static byte[] Drawn(IGenerator generator, SampleRequest[] requests)
    {
        var pixels = new byte[requests.Length * generator.Channels * generator.Height * generator.Width];
        generator.Sample(requests, pixels);
        return pixels;
    }
}
