namespace Odm.Cli.Tests;

/// <summary>A study with a SinGAN for each image, from its file through the segmentation arms to an image made again.</summary>
[Trait("speed", "slow")]
public sealed class SinGanRunTests : IDisposable
{
    private const string Text = """
        study: single
        dataset: { kind: phantom, size: 32, count: 80, shares: [0, 0.2, 0.3, 0.3, 0.2], seed: 5 }
        split: { kind: group, val: 0.35, test: 0.25 }
        generators:
          singan: { kind: singan-seg, preset: cpu, channels: 4, min_size: 14, steps: 6, sources: 3 }
          late: { kind: singan-seg, preset: cpu, channels: 4, min_size: 14, steps: 6, sources: 3, start_scale: 1 }
        arms:
          real: {}
          singan: { generator: singan, plan: { per_image: 2, probability: 0.5 } }
          late: { generator: late }
          few: { real: 6, generator: late }
        downstream: { kind: segmenter, encoder: resnet18, decoder: [8, 8, 8, 8, 8], steps: 2, batch: 4, validate_every: 1 }
        image_metrics: pixels
        threads: 1
        """;

    private readonly Executable odm = new();
    private readonly string study;

    public SinGanRunTests() => study = odm.Write("study.yaml", Text);

    public void Dispose() => odm.Dispose();

    [Fact]
    public void A_killed_and_continued_study_ends_with_the_bytes_of_an_uninterrupted_one_and_names_sources()
    {
        var (whole, broken) = (Path.Combine(odm.Folder, "whole"), Path.Combine(odm.Folder, "broken"));
        var (code, output, error) = Executable.Run("run", study, "--out", whole);
        code.ShouldBe(0, error);
        output.ShouldContain("dice_hard");
        foreach (var sign in new[] { "train-singan-*/sources", "synthesize-singan-set1-*" })
        {
            RunTests.KillAt(study, broken, sign);
        }

        Executable.Run("run", study, "--out", broken).Code.ShouldBe(0);
        foreach (var file in new[] { "results.csv", "report.md", "predictions/singan-1.csv", "sheets/singan-set2.png" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }

        string[] stages = [.. Directory.GetDirectories(Path.Combine(whole, "stages")).Select(d => Path.GetFileName(d))];
        stages.Where(s => s.StartsWith("train-", StringComparison.Ordinal)).Select(s => s[..^13]).ShouldBe(["train-singan", "train-late-of6"], ignoreOrder: true, "the start is a matter of sampling");
        foreach (var set in stages.Where(s => s.StartsWith("audit-", StringComparison.Ordinal)))
        {
            File.ReadAllText(Path.Combine(whole, "stages", set, "facts.csv")).ShouldContain("source_distance,,");
            File.Exists(Path.Combine(whole, "stages", set, "sources.png")).ShouldBeTrue();
        }

        var made = Path.Combine(whole, "stages", stages.Single(s => s.StartsWith("synthesize-singan-set2-", StringComparison.Ordinal)), "set");
        var id = File.ReadLines(Path.Combine(made, "rows.csv")).Skip(3).First().Split(',')[0];
        var (again, said, fault) = Executable.Run("sample", "--from-row", made, id, "--out", Path.Combine(odm.Folder, "again"), "--threads", "1");
        again.ShouldBe(0, fault);
        said.ShouldContain("equal bit for bit");
    }

    [Theory]
    [InlineData("generators.singan.min_size=8", "generators.singan.min_size: 8; must be at least 12")]
    [InlineData("generators.singan.min_size=40", "generators.singan.min_size: 40, and the images are 32 pixels wide; must be at most 32")]
    [InlineData("generators.singan.sources=0", "generators.singan.sources: 0; must be at least 1")]
    [InlineData("generators.singan.sources=500", "generators.singan.sources: 500; must be at most the number of training images, ")]
    [InlineData("generators.late.start_scale=7", "generators.late.start_scale: 7, and images of 32 pixels have 3 scales; must be 0 to 2")]
    [InlineData("generators.singan.preset=gpu", "generators.singan.preset: 'gpu'; must be one of paper, cpu")]
    [InlineData("generators.singan.stpes=4", "generators.singan.stpes: unknown field (did you mean 'steps'?)")]
    [InlineData("generators.singan.style={}", "generators.singan.style.vgg_weights: missing; must be a file")]
    [InlineData("generators.singan.style={ vgg_weights: none.pth, style_layers: { relu9_1: 1 } }", "generators.singan.style.style_layers: 'relu9_1'; must be one of relu1_1, ")]
    [InlineData("generators.singan.style={ vgg_weights: none.pth }", "generators.singan.style.vgg_weights: there is no file none.pth")]
    [InlineData("downstream={ kind: classifier }", "arms.singan.generator: 'singan' makes images with masks")]
    public void A_mistake_is_one_line_and_leaves_nothing(string set, string expected)
    {
        var run = Path.Combine(odm.Folder, "run");
        var (code, output, error) = Executable.Run("run", study, "--out", run, "--set", set);
        code.ShouldBe(2, output);
        error.Trim().Split('\n').Length.ShouldBe(1);
        error.ShouldContain(expected);
        Directory.Exists(run).ShouldBeFalse();
    }
}
