using System.Text.Json.Serialization;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;

namespace Odm.Pipeline.Tests;

public sealed class BinderTests
{
    internal enum Colour
    {
        Red,
        DarkBlue,

        [JsonStringEnumMemberName("half-tone")]
        HalfTone,
    }

    internal sealed record Inner
    {
        public int Size { get; init; } = 4;

        public double LearningRate { get; init; } = 1e-4;

        public IEnumerable<string> Faults(string path)
        {
            if (Size % 2 != 0)
            {
                yield return $"{path}.size: {Size} is odd";
            }
        }
    }

    internal sealed record Word
    {
        public string Kind { get; init; } = "";

        public static Word Parse(string text)
            => text == "balanced" ? new Word { Kind = text } : throw new FormatException($"'{text}' is not balanced");
    }

    internal sealed record Step(string Name, int Size = 0) : IParsable<Step>
    {
        public override string ToString() => $"{Name}: {Size}";

        public static Step Parse(string s, IFormatProvider? provider) => TryParse(s, provider, out var step) ? step : throw new FormatException($"'{s}' is no step");

        public static bool TryParse(string? s, IFormatProvider? provider, out Step result)
        {
            var parts = (s ?? "").Split(": ");
            result = new Step(parts[0], parts.Length > 1 ? int.Parse(parts[1], provider) : 0);
            return parts[0] != "bad";
        }
    }

    internal sealed record Beside
    {
        public int Batch { get; init; } = 32;
    }

    internal sealed record Outer
    {
        [JsonPropertyName("study")]
        public required string Name { get; init; }

        public Colour Colour { get; init; }

        public bool PerSeed { get; init; }

        public string? Path { get; init; }

        public Inner Inner { get; init; } = new();

        public IReadOnlyList<int> Seeds { get; init; } = [1, 2];

        public IReadOnlyList<Inner> Steps { get; init; } = [];

        public IReadOnlyDictionary<string, Inner> Arms { get; init; } = new Dictionary<string, Inner>(StringComparer.Ordinal);

        public Word? Plan { get; init; }

        public IReadOnlyList<Step> Preprocess { get; init; } = [];

        [Inline]
        public Beside Beside { get; init; } = new();

        public int Twice => Inner.Size * 2;
    }

    private static Outer Bind(string yaml, params string[] set)
    {
        var tree = YamlTree.Parse(yaml, "s.yaml");
        foreach (var assignment in set)
        {
            YamlTree.Set(tree, assignment);
        }

        return Binder.Bind<Outer>(tree, "s.yaml");
    }

    private static string Fault(string yaml, params string[] set) => Should.Throw<StudyException>(() => Bind(yaml, set)).Message;

    [Fact]
    public void Every_kind_of_field_is_read()
    {
        var outer = Bind("study: a\ncolour: dark_blue\nper_seed: true\npath: ~\ninner: { size: 6, learning_rate: 2e-3 }\nseeds: [3]\nsteps: [{size: 8}]\narms: { z: {size: 2}, b: }\nplan: balanced\nbatch: 7");
        outer.Name.ShouldBe("a");
        outer.Colour.ShouldBe(Colour.DarkBlue);
        outer.PerSeed.ShouldBeTrue();
        outer.Path.ShouldBeNull();
        outer.Inner.ShouldBe(new Inner { Size = 6, LearningRate = .002 });
        outer.Seeds.ShouldBe([3]);
        outer.Steps[0].Size.ShouldBe(8);
        outer.Arms.Keys.ShouldBe(["z", "b"]);
        outer.Arms["b"].Size.ShouldBe(4);
        outer.Plan!.Kind.ShouldBe("balanced");
        outer.Beside.Batch.ShouldBe(7);
    }

    [Fact]
    public void Steps_are_words_with_or_without_a_size()
    {
        var outer = Bind("study: a\npreprocess: [crop, resize: 64, 'pad: 3']");
        outer.Preprocess.ShouldBe([new Step("crop"), new Step("resize", 64), new Step("pad", 3)]);
        Resolved.Yaml(outer).ShouldContain("preprocess: [\"crop: 0\", \"resize: 64\", \"pad: 3\"]");
        Fault("study: a\npreprocess: [bad]").ShouldBe("s.yaml: preprocess[0]: 'bad' is no step");
    }

    [Fact]
    public void Defaults_hold_where_the_file_is_silent() => Bind("study: a").ShouldSatisfyAllConditions(
        o => o.Seeds.ShouldBe([1, 2]), o => o.Inner.Size.ShouldBe(4), o => o.Beside.Batch.ShouldBe(32));

    [Theory]
    [InlineData("study: a\ncolor: red", "s.yaml: color: unknown field (did you mean 'colour'?) (allowed: study, colour, per_seed, path, inner, seeds, steps, arms, plan, preprocess, batch)")]
    [InlineData("study: a\ninner: {sise: 2}", "s.yaml: inner.sise: unknown field (did you mean 'size'?) (allowed: size, learning_rate)")]
    [InlineData("study: a\ninner: {size: big}", "s.yaml: inner.size: a whole number was expected, not 'big'")]
    [InlineData("study: a\ninner: {size: 2.5}", "s.yaml: inner.size: a whole number was expected, not '2.5'")]
    [InlineData("study: a\ninner: {size: 99999999999}", "s.yaml: inner.size: a whole number was expected, not '99999999999'")]
    [InlineData("study: a\ninner: {learning_rate: .nan}", "s.yaml: inner.learning_rate: a number was expected, not '.nan'")]
    [InlineData("study: a\nper_seed: maybe", "s.yaml: per_seed: true or false was expected, not 'maybe'")]
    [InlineData("study: a\ncolour: redd", "s.yaml: colour: \"redd\"; must be one of red, dark_blue, half-tone (did you mean 'red'?)")]
    [InlineData("study: a\ncolour: [red]", "s.yaml: colour: one of red|dark_blue|half-tone was expected, not a list")]
    [InlineData("study: a\ninner: 3", "s.yaml: inner: a mapping with size, learning_rate was expected, not '3'")]
    [InlineData("study: a\nseeds: 3", "s.yaml: seeds: a list was expected, not '3'")]
    [InlineData("study: a\nseeds: [1, x]", "s.yaml: seeds[1]: a whole number was expected, not 'x'")]
    [InlineData("study: a\nsteps: [{size: 3}]", "s.yaml: steps[0].size: 3 is odd")]
    [InlineData("study: [a]", "s.yaml: study: a text was expected, not a list")]
    [InlineData("study: a\nplan: most", "s.yaml: plan: 'most' is not balanced")]
    [InlineData("study: a\nbatch: []", "s.yaml: batch: a whole number was expected, not a list")]
    [InlineData("seeds: []", "s.yaml: study: missing, a text is required")]
    public void A_fault_names_the_file_the_field_the_value_and_what_is_allowed(string yaml, string message) => Fault(yaml).ShouldBe(message);

    [Fact]
    public void All_faults_are_reported_together_in_one_line()
        => Fault("inner: {size: x, lerning_rate: 1}\narms: {a: {size: 3}}").ShouldBe(
            "s.yaml: study: missing, a text is required; inner.size: a whole number was expected, not 'x'; "
            + "inner.lerning_rate: unknown field (did you mean 'learning_rate'?) (allowed: size, learning_rate); arms.a.size: 3 is odd");

    [Theory]
    [InlineData("study: a\nstudy: b", "s.yaml: line 2: not valid YAML: Duplicate key study")]
    [InlineData("- 1", "s.yaml: one mapping of fields (study:, dataset:, ...) was expected")]
    [InlineData("", "s.yaml: one mapping of fields (study:, dataset:, ...) was expected")]
    public void What_is_no_mapping_is_refused(string yaml, string message) => Fault(yaml).ShouldBe(message);

    [Fact]
    public void Broken_yaml_names_its_line() => Fault("study: a\ninner: {size: 2").ShouldStartWith("s.yaml: line ");

    [Fact]
    public void A_missing_file_is_the_users_mistake()
        => Should.Throw<StudyException>(() => YamlTree.Read("no/such.yaml")).Message.ShouldBe("no/such.yaml: no such study file");

    [Fact]
    public void Set_changes_adds_and_reaches_into_lists()
    {
        var outer = Bind("study: a\nsteps: [{size: 2}]", "inner.size=8", "steps.0.size=6", "seeds=[9, 8]", "arms.new.size=10");
        outer.Inner.Size.ShouldBe(8);
        outer.Steps[0].Size.ShouldBe(6);
        outer.Seeds.ShouldBe([9, 8]);
        outer.Arms["new"].Size.ShouldBe(10);
    }

    [Theory]
    [InlineData("inner", "--set inner: path.to.field=value was expected")]
    [InlineData("inner.sizes=2", "s.yaml: inner.sizes: unknown field (did you mean 'size'?) (allowed: size, learning_rate)")]
    [InlineData("steps.4.size=2", "--set steps.4.size=2: steps has no field 4")]
    public void A_wrong_set_is_refused(string set, string message) => Fault("study: a\nsteps: [{size: 2}]", set).ShouldBe(message);

    [Fact]
    public void A_merged_mapping_is_a_copy_that_set_does_not_reach_through()
    {
        const string Yaml = "study: a\narms:\n  dm: &dm {size: 2, learning_rate: 1}\n  odm: {<<: *dm, learning_rate: 3}";
        var outer = Bind(Yaml, "arms.dm.size=8");
        outer.Arms["dm"].ShouldBe(new Inner { Size = 8, LearningRate = 1 });
        outer.Arms["odm"].ShouldBe(new Inner { Size = 2, LearningRate = 3 });
    }

    [Fact]
    public void The_resolved_file_binds_to_the_same_record()
    {
        var outer = Bind("study: '01'\nseeds: [5]\nsteps: [{size: 8}]\narms: {a b: {size: 2}}\npath: 'x: y'\ncolour: half-tone");
        var yaml = Resolved.Yaml(outer);
        Resolved.Yaml(Bind(yaml)).ShouldBe(yaml);
        yaml.ShouldContain("study: \"01\"\ncolour: half-tone\nper_seed: false\npath: \"x: y\"\ninner:\n  size: 4\n  learning_rate: 0.0001\n");
        yaml.ShouldNotContain("twice");
    }

    [Fact]
    public void A_preset_gives_the_values_that_the_file_leaves_out()
    {
        const string Yaml = "kind: diffusion\npreset: paper\nlearned_variance: false\nnetwork: {channels: 64, scale_shift: false}\nsteps: 7";
        var config = Binder.Bind<GeneratorConfig>(YamlTree.Parse(Yaml, "s.yaml"), "s.yaml");
        var (own, paper) = (((DiffusionGeneratorConfig)config).Diffusion, DiffusionConfig.OfPreset("paper")!);
        own.ShouldSatisfyAllConditions(c => c.Steps.ShouldBe(7), c => c.LearnedVariance.ShouldBeFalse(), c => c.Batch.ShouldBe(paper.Batch),
            c => c.Network.Channels.ShouldBe(64), c => c.Network.ScaleShift.ShouldBeFalse(), c => c.Network.HeadChannels.ShouldBe(64));
        var resolved = Resolved.Yaml(config);
        Resolved.Yaml(Binder.Bind<GeneratorConfig>(YamlTree.Parse(resolved, "s.yaml"), "s.yaml")).ShouldBe(resolved);
        Should.Throw<StudyException>(() => Binder.Bind<GeneratorConfig>(YamlTree.Parse("kind: diffusion\npreset: papre", "s.yaml"), "s.yaml"))
            .Message.ShouldEndWith("preset: 'papre'; must be one of paper, cpu");
    }

    [Fact]
    public void Options_that_came_later_are_written_only_where_they_are_used()
    {
        Resolved.Yaml(new DiffusionGeneratorConfig { Kind = "diffusion" }).ShouldNotContain("masks");
        Resolved.Yaml(new DiffusionConfig { Masks = true, Optimizer = UpdateRule.AdamW }).ShouldSatisfyAllConditions(
            yaml => yaml.ShouldContain("masks: true"), yaml => yaml.ShouldContain("optimizer: adamw"));
    }
}
