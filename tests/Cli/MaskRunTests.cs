namespace Odm.Cli.Tests;

/// <summary>Whole studies of images with masks in miniature, through the executable.</summary>
[Trait("speed", "slow")]
public sealed class MaskRunTests : IDisposable
{
    private const string Mini = """
        study: masks
        dataset: { kind: phantom, size: 32, count: 48, shares: [0, 0.2, 0.3, 0.3, 0.2], seed: 5 }
        split: { kind: group, val: 0.2, test: 0.3 }
        generators:
          diff: &diff
            kind: inpaint
            network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0 }
            prediction: x0
            steps: 4
            batch: 8
            clusters: { k: 2, features: pixels, minimum: 1 }
            inpaint: { respacing: 3, jump_length: 1, jump_samples: 2, sampler: dpmpp_2s, batch: 5 }
            gate: null
          styled: { <<: *diff, style: { preset: cpu, respacing: 3, first_step: 1 } }
        arms:
          real: {}
          diff: { generator: diff }
          styled: { generator: styled, plan: { per_image: 2 } }
          few: { real: 6, generator: diff, plan: { per_image: 2, probability: 0.5 } }
          only: { real: 0, generator: diff }
          repeated: { copies: true, plan: { per_image: 2, probability: 0.5 } }
        downstream: { kind: segmenter, encoder: resnet18, decoder: [8, 8, 8, 8, 8], steps: 2, batch: 4, validate_every: 1 }
        threads: 1
        """;

    private readonly Executable odm = new();
    private readonly string study;

    public MaskRunTests() => study = odm.Write("study.yaml", Mini);

    public void Dispose() => odm.Dispose();

    [Fact]
    public void A_killed_and_continued_mask_study_ends_with_the_bytes_of_an_uninterrupted_one_and_shares_what_arms_share()
    {
        var (whole, broken) = (Path.Combine(odm.Folder, "whole"), Path.Combine(odm.Folder, "broken"));
        var (code, output, error) = Executable.Run("run", study, "--out", whole);
        code.ShouldBe(0, error);
        output.ShouldContain("dice_hard");
        output.ShouldContain("Dice of mask and rule's");
        output.ShouldContain("mean Dice (hard)");
        output.ShouldContain(" test images of ");
        foreach (var sign in new[] { "train-diff-*/models", "synthesize-diff-set1-*", "style-styled-set2-*", "fit-few-*" })
        {
            RunTests.KillAt(study, broken, sign);
        }

        Executable.Run("run", study, "--out", broken).Code.ShouldBe(0);
        foreach (var file in new[] { "results.csv", "summary.csv", "report.md", "predictions/styled-1.csv", "sheets/styled-set2.png" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }

        // one training for diff, styled and only; one more for the arm that sees six images; the first painted set serves all
        var stages = Directory.GetDirectories(Path.Combine(whole, "stages")).Select(d => Path.GetFileName(d)[..^13]).ToList();
        stages.Where(s => s.StartsWith("train-", StringComparison.Ordinal)).ShouldBe(["train-diff", "train-diff-of6"], ignoreOrder: true);
        stages.Count(s => s.StartsWith("synthesize-", StringComparison.Ordinal)).ShouldBe(4);
        Again(whole, "style-styled-set2-*");
        Again(whole, "synthesize-diff-of6-set1-*");
    }

    // an image of a painted set again from its row
    private void Again(string run, string stage)
    {
        var set = Path.Combine(Directory.GetDirectories(Path.Combine(run, "stages"), stage).Single(), "set");
        var id = File.ReadLines(Path.Combine(set, "rows.csv")).Skip(4).First().Split(',')[0];
        var (code, output, error) = Executable.Run("sample", "--from-row", set, id, "--out", Path.Combine(odm.Folder, "again-" + stage.Trim('*')), "--threads", "1");
        code.ShouldBe(0, error);
        output.ShouldContain("equal bit for bit");
    }

    [Fact]
    public void A_cluster_model_that_is_gone_or_was_trained_elsewhere_is_named_in_one_line()
    {
        var run = Path.Combine(odm.Folder, "run");
        Executable.Run("run", study, "--out", run, "--until", "train").Code.ShouldBe(0);
        var model = Path.Combine(OnAll(run), "models", "1");
        Directory.Move(model, model + ".away");
        Refused("run", study, "--out", run).ShouldContain(Path.Combine("models", "1"));

        var other = Path.Combine(odm.Folder, "other");
        Executable.Run("run", study, "--out", other, "--until", "train", "--set", "dataset.size=64").Code.ShouldBe(0);
        Directory.Move(Path.Combine(OnAll(other), "models", "1"), model);
        Refused("run", study, "--out", run).ShouldMatch("generators.diff: .*/models/1 was trained on other images than this study lets it see; the first of them is eye-");
    }

    // the training that saw all training images
    private static string OnAll(string run) => Directory.GetDirectories(Path.Combine(run, "stages"), "train-diff-*").Single(d => !d.Contains("-of6", StringComparison.Ordinal));

    [Theory]
    [InlineData("generators.diff.inpaint.jump_length=9", "generators.diff.inpaint.jump_length: 9; must be 1 up to, not including, respacing (3)")]
    [InlineData("arms.few.real=0", "")]
    [InlineData("arms.real.real=0", "arms.real.real: 0; the training set would be empty")]
    [InlineData("arms.few.real=500", "arms.few.real: 500; there are")]
    [InlineData("arms.few.plan={ratio: 1}", "arms.few.plan: 'diff' makes images with masks; must be per_image: N")]
    [InlineData("generators.diff.clusters.features=vgg", "generators.diff.clusters.features: \"vgg\"; must be one of resnet18-imagenet")]
    [InlineData("generators.diff.clusters.k=99", "generators.diff.clusters.k: 99; there are")]
    [InlineData("downstream={kind: classifier}", "arms.diff.generator: 'diff' makes images with masks, which downstream.kind: segmenter learns from")]
    [InlineData("downstream.kind=segmentor", "downstream.kind: 'segmentor' (did you mean 'segmenter'?); must be one of classifier, segmenter")]
    public void A_mistake_is_one_line_exit_2_and_leaves_nothing(string set, string message)
    {
        if (message.Length == 0)
        {
            Executable.Run("run", study, "--out", Path.Combine(odm.Folder, "run"), "--set", set, "--dry-run").Code.ShouldBe(0); // synthetic images alone
            return;
        }

        Refused("run", study, "--out", Path.Combine(odm.Folder, "run"), "--set", set).ShouldContain(message);
        Directory.GetFileSystemEntries(odm.Folder).Select(Path.GetFileName).ShouldBe(["study.yaml"]);
    }

    private static string Refused(params string[] arguments)
    {
        var (code, output, error) = Executable.Run(arguments);
        code.ShouldBe(2, error);
        output.ShouldBeEmpty();
        var lines = error.TrimEnd('\n').Split('\n');
        return lines[^1];
    }
}
