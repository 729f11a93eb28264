namespace Odm.Cli.Tests;

/// <summary><c>image_metrics.count</c> from the study file to the report.</summary>
public sealed class NaturalSetRunTests : IDisposable
{
    private const string Text = """
        study: natural
        dataset: { kind: phantom, size: 32, count: 120, seed: 1, shares: [0.4, 0.2, 0.2, 0.1, 0.1] }
        split: { kind: group, val: 0.2, test: 0.2 }
        generators:
          dm:
            kind: diffusion
            network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0 }
            batch: 6
            steps: 4
            ordinal: { weight: 0 }
            sampler: { steps: 4, batch: 8, guidance: 1.5 }
        arms:
          real: {}
          dm: { generator: dm, plan: to_largest }
          more: { generator: dm, plan: { total: 150 } }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 4, steps: 2, validate_every: 1 }
        image_metrics: { features: pixels, count: 200, class_mix: natural }
        audit: false
        seeds: [1]
        threads: 1
        """;

    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void A_killed_synthesis_goes_on_and_the_rows_say_count_and_mix()
    {
        var study = odm.Write("natural.yaml", Text);
        var (run, whole) = (Path.Combine(odm.Folder, "run"), Path.Combine(odm.Folder, "whole"));
        RunTests.KillAt(study, run, "synthesize-dm-natural-200-*/set.parts");
        File.Exists(Path.Combine(Directory.GetDirectories(Path.Combine(run, "stages"), "synthesize-dm-natural-200-*").Single(), "stage.json")).ShouldBeFalse();
        var (code, _, error) = Executable.Run("run", study, "--out", run);
        code.ShouldBe(0, error);
        string[] stages = [.. Directory.EnumerateDirectories(Path.Combine(run, "stages")).Select(s => Path.GetFileName(s)!)];
        stages.Count(s => s.StartsWith("measure-", StringComparison.Ordinal)).ShouldBe(1, "both arms have images of one generator");
        var set = Path.Combine(run, "stages", stages.Single(s => s.StartsWith("synthesize-dm-natural-200-", StringComparison.Ordinal)));
        Directory.GetFileSystemEntries(set).Select(Path.GetFileName).ShouldBe(["set", "stage.json", "truth.csv"], ignoreOrder: true); // no parts are left
        var rows = File.ReadAllLines(Path.Combine(set, "set", "rows.csv"));
        rows.Length.ShouldBe(201);

        var metrics = File.ReadAllLines(Path.Combine(run, "image_metrics.csv")).Select(l => l.Split(',')).ToList();
        var all = metrics.Where(m => m[4].StartsWith("all_", StringComparison.Ordinal)).ToList();
        all.Select(m => m[4]).ShouldBe(["all_frechet_pixels", "all_kid", "all_image_precision", "all_image_recall", "all_density", "all_coverage"]);
        all.ShouldAllBe(m => m[2] == "dm-natural-200" && m[9] == "200" && m[10] == "72" && m[13] == "natural");
        metrics.Skip(1).ShouldAllBe(m => m[2] == "dm-natural-200");
        var report = File.ReadAllText(Path.Combine(run, "report.md"));
        report.ShouldContain("\n| dm-natural-200 | 200 | 72 | natural | ");

        Executable.Run("run", study, "--out", whole, "--until", "synthesize").Code.ShouldBe(0);
        foreach (var file in new[] { "images.npy", "rows.csv" })
        {
            File.ReadAllBytes(Path.Combine(set, "set", file)).ShouldBe(File.ReadAllBytes(Path.Combine(set.Replace(run, whole), "set", file)), file);
        }
    }
}
