using System.Text.Json.Nodes;
using Odm.Augment.Families;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Families.Tests.NoisyCopies;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Sets;
using Odm.Tests;

namespace Odm.Families.Tests;

/// <summary>A family that only these tests know goes through a whole study: settings, hashes, cost, training, guard, sets, sheets, report.</summary>
public sealed class ThirdFamilyTests : IDisposable
{
    private const string Kind = "noisy_copies";
    private readonly TemporaryFolder folder = new();

    static ThirdFamilyTests() => GeneratorFamilies.Add<NoisyCopiesConfig>(Kind); // its row

    private const string Text = """
        study: third
        dataset: { kind: phantom, size: 32, count: 60, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.2, test: 0.3 }
        generators:
          loud: { kind: noisy_copies, amplitude: 80 }
          soft: { kind: noisy_copies, amplitude: 5 }
        arms:
          real: {}
          loud: { generator: loud, plan: to_largest }
          soft: { generator: soft, plan: to_largest }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 4, steps: 2, validate_every: 1 }
        image_metrics: pixels
        audit: { membership: true }
        seeds: [1]
        threads: 1
        """;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_study_of_it_runs_to_its_report_and_its_images_can_be_made_again()
    {
        var run = Path.Combine(folder.Path, "run");
        Studies.Run(new StudyRequest { File = folder.Write("third.yaml", Text), Folder = run });
        File.ReadAllText(Path.Combine(run, "results.csv")).ShouldContain("third,phantom,soft,1,");
        string[] stages = [.. Directory.EnumerateDirectories(Path.Combine(run, "stages")).Select(s => Path.GetFileName(s)!)];
        stages.Count(s => s.StartsWith("train-", StringComparison.Ordinal)).ShouldBe(1, "the two differ in sampling alone");
        stages.Count(s => s.StartsWith("synthesize-", StringComparison.Ordinal)).ShouldBe(2);
        stages.ShouldNotContain(s => s.Contains("membership", StringComparison.Ordinal), "the family has no loss");
        File.Exists(Path.Combine(run, "sheets", "generated.png")).ShouldBeTrue();

        var made = Path.Combine(run, "stages", stages.Single(s => s.StartsWith("synthesize-loud", StringComparison.Ordinal)), "set");
        var (set, origin) = (ImageSet.Open(made), SetOrigin.Read(made));
        origin.Config.ShouldBeOfType<NoisyCopiesConfig>().Amplitude.ShouldBe(80);
        var again = origin.Config.Regenerate(new()
        {
            Trained = origin.Generator,
            Set = set,
            Index = 3,
            Context = new RunContext(TorchSharp.torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None),
        });
        again.Rows[0].Sha256.ShouldBe(set.Rows[3].Sha256);
    }

    [Fact]
    public void Its_fields_are_checked_and_listed_like_those_of_any_family()
    {
        Should.Throw<StudyException>(() => Read("amplitude: 80", "amplitude: 300")).Message.ShouldContain("generators.loud.amplitude: 300; must be 0 to 255");
        Should.Throw<StudyException>(() => Read("amplitude: 80", "amplitud: 300")).Message.ShouldContain("generators.loud.amplitud: unknown field (did you mean 'amplitude'?)");
        Should.Throw<StudyException>(() => Read("loud: { kind: noisy_copies", "loud: { kind: noisy_copie")).Message.ShouldContain("generators.loud.kind: 'noisy_copie' (did you mean 'noisy_copies'?)");
        Should.Throw<ArgumentException>(() => GeneratorFamilies.Add<NoisyCopiesConfig>("diffusion")).Message.ShouldContain("is the family DiffusionGeneratorConfig already");
        JsonNode.Parse(StudySchema.Text())!["$defs"]!["GeneratorConfig"]!.ToJsonString().ShouldContain(Kind);
    }

    [Fact]
    public void No_other_file_knows_its_name()
    {
        var (root, word) = (Root(AppContext.BaseDirectory), "noisy" + "_copies");
        Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/Families/", StringComparison.Ordinal)).Where(f => File.ReadAllText(f) is var text
                && (text.Contains(word, StringComparison.Ordinal) || text.Contains("NoisyCopies", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private Study Read(string from, string to)
    {
        return StudyFile.Read(folder.Write("fault.yaml", Text.Replace(from, to, StringComparison.Ordinal)), []);
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Odm.sln")) ? folder : Root(Path.GetDirectoryName(folder.TrimEnd('/'))!);
}
