using Odm.Engine.Files;

namespace Odm.Cli.Tests;

/// <summary>One study that compares losses, sampling, MixUp, RandAugment and a generator on the same images and steps, through the executable.</summary>
[Trait("speed", "slow")]
public sealed class ImbalanceRunTests : IDisposable
{
    private const string Small = """
        study: imbalance
        dataset: { kind: phantom, size: 32, count: 60, seed: 1, shares: [0.4, 0.2, 0.2, 0.1, 0.1] }
        split: { kind: group, val: 0.2, test: 0.3 }
        generators:
          dm:
            kind: diffusion
            network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0 }
            batch: 6
            steps: 8
            ordinal: { weight: 0 }
            sampler: { steps: 3, batch: 8 }
        arms:
          real: {}
          weighted: { loss: { weights: inverse } }
          focal: { loss: focal }
          cb-focal: { loss: cb_focal }
          adjusted: { loss: logit_adjustment }
          balanced: { sampling: balanced }
          sqrt-rs: { sampling: square_root }
          pg-rs: { sampling: progressive }
          mixup: { mixup: 0.2 }
          randaugment: { traditional: randaugment }
          traditional: { traditional: iois }
          offline: { generator: dm, plan: to_largest, loss: focal, sampling: square_root }
        downstream: { network: cnn, recipe: thesis-cnn, batch: 4, steps: 6, validate_every: 3, evaluation: { resize: 32, crop: 28 } }
        audit: { copies: false, membership: false }
        image_metrics: none
        seeds: [1]
        threads: 1
        """;

    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    [Fact]
    public void One_study_compares_them_all_and_its_tables_say_how_each_arm_learned()
    {
        var run = Path.Combine(odm.Folder, "run");
        var (code, output, error) = Executable.Run("run", odm.Write("study.yaml", Small), "--out", run);
        code.ShouldBe(0, error);
        var facts = CsvFile.Read(Path.Combine(run, "results.csv")).Records;
        string[] arms = [.. facts.Select(r => r["arm"]).Distinct()];
        arms.ShouldBe(["real", "weighted", "focal", "cb-focal", "adjusted", "balanced", "sqrt-rs", "pg-rs", "mixup", "randaugment", "traditional", "offline"]);
        facts.Where(r => r["metric"] == "recall_class").GroupBy(r => r["arm"]).Count().ShouldBe(arms.Length);
        arms.Select(a => File.ReadAllText(Path.Combine(run, "predictions", $"{a}-1.csv"))).Distinct().Count().ShouldBe(arms.Length); // no two are the same training
        var report = File.ReadAllText(Path.Combine(run, "report.md"));
        report.ShouldContain("| arm | loss | sampling | balanced_accuracy |");
        report.ShouldContain("| real | cross_entropy | natural |");
        report.ShouldContain("| weighted | cross_entropy inverse | natural |");
        report.ShouldContain("| mixup | cross_entropy, mixup α=0.2 | natural |");
        report.ShouldContain("| offline | focal γ=2 | square_root |");
        report.ShouldContain("## Recall by class\n\n| arm | 0 | 1 | 2 | 3 | 4 |");
        report.ShouldContain("(real images + synthetic ones of dm; focal γ=2, square_root sampling)");
        output.ShouldContain("cb_focal");
        File.ReadAllText(Path.Combine(run, "report.html")).ShouldContain("<h2>Recall by class</h2>");
    }

    [Fact]
    public void A_loss_that_there_is_not_ends_with_2_and_a_line()
    {
        var (code, output, error) = Executable.Run("run", odm.Write("study.yaml", Small.Replace("loss: cb_focal", "loss: { kind: focal, gamma: -1 }", StringComparison.Ordinal)), "--out",
            Path.Combine(odm.Folder, "none"));
        (code, output).ShouldBe((2, ""));
        error.TrimEnd().ShouldEndWith("arms.cb-focal.loss.gamma: -1; must be 0 to 100");
        error.TrimEnd().ShouldNotContain("\n");
        Directory.Exists(Path.Combine(odm.Folder, "none")).ShouldBeFalse();
    }
}
