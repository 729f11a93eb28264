using Odm.Engine.Files;

namespace Odm.Cli.Tests;

/// <summary>A miniature study whose arms are tested on another source's images too, through the executable.</summary>
[Trait("speed", "slow")]
public sealed class TransferTests : IDisposable
{
    private const string Small = """
        study: pair
        dataset: { kind: phantom, size: 32, count: 60, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
        split: { kind: group, val: 0.2, test: 0.3 }
        arms:
          real: {}
          traditional: { traditional: iois }
          copies: { copies: true, plan: { total: 60 } }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 4, steps: 4, validate_every: 2 }
        transfer:
          elsewhere: { kind: phantom, size: 32, count: 30, seed: 9 }
        primary: accuracy
        seeds: [1, 2]
        threads: 1
        """;

    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void On_another_hospitals_images_the_arms_are_compared_and_judged_as_on_the_studys_own()
    {
        var run = Path.Combine(odm.Folder, "run");
        var (code, output, error) = Executable.Run("run", odm.Write("study.yaml", Small), "--out", run);
        code.ShouldBe(0, error);
        foreach (var (file, images) in new[] { ("summary.csv", "20"), ("summary-elsewhere.csv", "30") })
        {
            var table = CsvFile.Read(Path.Combine(run, file));
            var rows = table.Records.Where(r => r["label"] == "" && r["baseline"] == "real").ToList();
            rows.ShouldAllBe(r => r["p"] != "" && r["verdict"] != "", file);
            foreach (var family in rows.GroupBy(r => r["metric"] == "accuracy"))
            {
                // the least p times the tests of its family: two arms in the primary metric, the others apart, each test set for itself
                var least = family.MinBy(r => Number(r["p"]))!;
                Number(least["p_holm"]).ShouldBe(Math.Min(1, family.Count() * Number(least["p"])), 2e-3, $"{file}, primary {family.Key}");
            }
        }

        File.ReadAllText(Path.Combine(run, "summary-elsewhere.csv")).ShouldNotBe(File.ReadAllText(Path.Combine(run, "summary.csv")));
        output.ShouldContain("on elsewhere: traditional (real images + traditional transforms) has an accuracy of ");
        var (report, html) = (File.ReadAllText(Path.Combine(run, "report.md")), File.ReadAllText(Path.Combine(run, "report.html")));
        var own = report[report.IndexOf("## Tested on elsewhere", StringComparison.Ordinal)..];
        own = own[..own.IndexOf("\n## ", 5, StringComparison.Ordinal)];
        own.ShouldContain("at n = 30 test images");
        own.ShouldContain("The primary metric, accuracy; Holm's correction counts its 2 tests.");
        own.ShouldContain("The secondary metrics describe and do not decide; Holm's correction counts their 18 tests.");
        var page = html[html.IndexOf("<h2>Tested on elsewhere</h2>", StringComparison.Ordinal)..];
        page = page[..page.IndexOf("</section>", StringComparison.Ordinal)];
        page.ShouldContain("at n = 30 test images");
        page.ShouldContain("<figure class=\"chart\">");
    }

    [Fact]
    public void A_primary_metric_that_there_is_not_is_one_line_with_those_that_there_are()
    {
        var (code, output, error) = Executable.Run("run", odm.Write("study.yaml", Small), "--set", "primary=balanced_acuracy", "--out", Path.Combine(odm.Folder, "run"));
        (code, output).ShouldBe((2, ""));
        error.ShouldContain("primary: 'balanced_acuracy' (did you mean 'balanced_accuracy'?); must be one of balanced_accuracy, accuracy, macro_f1, weighted_f1, mcc, qwk, mae, auc, ece");
        Directory.Exists(Path.Combine(odm.Folder, "run")).ShouldBeFalse();
    }

    private static double Number(string cell) => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture);
}
