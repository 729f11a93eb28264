namespace Odm.Cli.Tests;

/// <summary>A study with variations from its file to an image made again.</summary>
public sealed class VariationRunTests : IDisposable
{
    private const string Text = """
        study: varied
        dataset: { kind: phantom, size: 32, count: 120, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.3, test: 0.2 }
        generators:
          dm:
            kind: diffusion
            network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0 }
            batch: 6
            steps: 4
            ordinal: { weight: 0 }
            sampler: { steps: 4, batch: 8, guidance: 1.5 }
          near: { kind: variations, of: dm, strength: 0.3 }
          next: { kind: variations, of: dm, strength: 0.5, inversion: ddim, towards: neighbour, grades: GRADES }
        arms:
          real: {}
          near: { generator: near, plan: to_largest, real: 40 }
          next: { generator: next, plan: { total: 90 } }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 4, steps: 2, validate_every: 1 }
        image_metrics: pixels
        seeds: [1]
        threads: 1
        """;

    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    [Trait("speed", "slow")]
    public void A_run_names_sources_measures_distances_and_makes_images_again()
    {
        var (study, run) = (odm.Write("varied.yaml", Text.Replace("GRADES", "[\"0\", \"1\", \"2\", \"3\", \"4\"]")), Path.Combine(odm.Folder, "run"));
        var (code, _, error) = Executable.Run("run", study, "--out", run);
        code.ShouldBe(0, error);
        string[] stages = [.. Directory.EnumerateDirectories(Path.Combine(run, "stages")).Select(s => Path.GetFileName(s)!)];
        stages.Count(s => s.StartsWith("train-dm", StringComparison.Ordinal)).ShouldBe(2, "of 40 images, and of all");
        stages.ShouldNotContain(s => s.StartsWith("train-ne", StringComparison.Ordinal));
        foreach (var name in new[] { "near", "next" })
        {
            var audit = stages.Single(s => s.StartsWith("audit-" + name, StringComparison.Ordinal));
            File.ReadAllText(Path.Combine(run, "stages", audit, "facts.csv")).ShouldContain("source_distance,,");
            File.Exists(Path.Combine(run, "stages", audit, "sources.png")).ShouldBeTrue();
            var set = Path.Combine(run, "stages", stages.Single(s => s.StartsWith("synthesize-" + name, StringComparison.Ordinal)), "set");
            var id = File.ReadLines(Path.Combine(set, "rows.csv")).Skip(3).First().Split(',')[0];
            var (again, output, fault) = Executable.Run("sample", "--from-row", set, id, "--out", Path.Combine(odm.Folder, "again-" + name), "--threads", "1");
            again.ShouldBe(0, fault);
            output.ShouldContain("equal bit for bit");
        }

        var report = File.ReadAllText(Path.Combine(run, "report.md"));
        report.ShouldContain("## How far are variations from their sources?");
        report.ShouldContain("| next | 0.5 | ddim | neighbour |");
    }

    [Theory]
    [InlineData("generators.near.strength=0", "generators.near.strength: 0; must be above 0, up to 1")]
    [InlineData("generators.near.strength=1.01", "generators.near.strength: 1.01; must be above 0, up to 1")]
    [InlineData("generators.near.of=dn", "generators.near.of: 'dn' is not one of generators (did you mean 'dm'?); must be one of dm")]
    [InlineData("generators.near.of={ kind: inpaint, preset: cpu }", "generators.near.of: a generator of kind inpaint; must be of kind diffusion")]
    [InlineData("generators.next.grades=[a, b]", "generators.next.grades: a, b; must be the classes")]
    public void A_mistake_is_one_line(string set, string expected)
    {
        var study = odm.Write("varied.yaml", Text.Replace("GRADES", "[\"0\", \"1\", \"2\", \"3\", \"4\"]"));
        var (code, output, error) = Executable.Run("run", study, "--out", Path.Combine(odm.Folder, "run"), "--set", set);
        code.ShouldBe(2, output);
        error.Trim().Split('\n').Length.ShouldBe(1);
        error.ShouldContain(expected);
        Directory.Exists(Path.Combine(odm.Folder, "run")).ShouldBeFalse();
    }
}
