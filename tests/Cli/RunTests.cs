using System.Diagnostics;
using System.Security.Cryptography;

namespace Odm.Cli.Tests;

/// <summary>Whole studies in miniature, through the executable.</summary>
[Trait("speed", "slow")]
public sealed class RunTests : IDisposable
{
    private readonly Executable odm = new();
    private readonly string study;

    public RunTests() => study = odm.Write("study.yaml", Executable.Mini);

    public void Dispose() => odm.Dispose();

    [Fact]
    public void A_killed_and_continued_run_ends_with_the_bytes_of_an_uninterrupted_one()
    {
        var (whole, broken) = (Path.Combine(odm.Folder, "whole"), Path.Combine(odm.Folder, "broken"));
        var (code, output, error) = Executable.Run("run", study, "--out", whole);
        code.ShouldBe(0, error);
        output.ShouldContain("balanced_accuracy");
        output.ShouldContain("Spearman");
        output.ShouldContain(" after Holm's correction): not distinguishable at n = "); // six steps of training make no arm better
        File.ReadAllText(Path.Combine(whole, "summary.csv")).ShouldNotContain("NaN");
        // killed at the first sign of each stage's work
        foreach (var sign in new[] { "prepare-*/set*", "train-dm-*", "train-odm-*", "synthesize-odm-*", "fit-copies-*", "evaluate-dm-*" })
        {
            KillAt(study, broken, sign);
        }

        Executable.Run("run", study, "--out", broken).Code.ShouldBe(0);
        foreach (var file in new[] { "results.csv", "summary.csv", "report.md", "study.yaml", "predictions/odm-1.csv", "sheets/odm.png" })
        {
            File.ReadAllBytes(Path.Combine(broken, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }

        Directory.EnumerateFiles(broken, "*", SearchOption.AllDirectories).ShouldAllBe(f => !f.Contains(".partial", StringComparison.Ordinal) && !f.EndsWith(".lock", StringComparison.Ordinal));
        Resumed(broken);
        Made(whole);
    }

    [Fact]
    public void Trainings_side_by_side_learn_what_they_learn_one_after_the_other()
    {
        const string small = """
            study: pair
            dataset: { kind: phantom, size: 32, count: 60, seed: 1, shares: [0.3, 0.2, 0.2, 0.15, 0.15] }
            split: { kind: group, val: 0.2, test: 0.3 }
            generators:
              dm: &dm
                kind: diffusion
                network: { channels: 8, multipliers: [1, 2], blocks: 1, patch: 2, dropout: 0 }
                batch: 6
                steps: 8
                ordinal: { weight: 0 }
                sampler: { steps: 3, batch: 8 }
              odm: { <<: *dm, ordinal: { weight: 1 } }
            arms:
              real: {}
              dm: { generator: dm, plan: to_largest }
              odm: { generator: odm, plan: to_largest }
            downstream: { network: resnet50, recipe: cpu, batch: 4, steps: 2, validate_every: 2 }
            audit: false
            image_metrics: none
            """;
        var file = odm.Write("pair.yaml", small);
        var (alone, together) = (Path.Combine(odm.Folder, "alone"), Path.Combine(odm.Folder, "together"));
        var first = Executable.Run("run", file, "--out", alone, "--set", "threads=1");
        first.Code.ShouldBe(0, first.Error);
        var second = Executable.Run("run", file, "--out", together, "--set", "threads=2", "--set", "workers=2");
        second.Code.ShouldBe(0, second.Error);
        foreach (var weights in new[] { "train-dm-*/ema.safetensors", "train-odm-*/ema.safetensors", "fit-real-1-*/best.safetensors" })
        {
            Weights(together, weights).ShouldBe(Weights(alone, weights), weights);
        }

        string Weights(string run, string pattern)
        {
            var stage = Directory.GetDirectories(Path.Combine(run, "stages"), Path.GetDirectoryName(pattern)!).Single();
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Directory.GetFiles(stage, Path.GetFileName(pattern), SearchOption.AllDirectories).Single())));
        }
    }

    // a finished stage is not run twice: the record of each keeps its time of change
    private void Resumed(string run)
    {
        var before = Directory.GetFiles(run, "stage.json", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Executable.Run("run", study, "--out", run).Code.ShouldBe(0);
        Directory.GetFiles(run, "stage.json", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc).ShouldBe(before, ignoreOrder: true);
    }

    // an image of a synthetic set again from its row
    private void Made(string run)
    {
        var set = Path.Combine(Directory.GetDirectories(Path.Combine(run, "stages"), "synthesize-odm-*").Single(), "set");
        var (code, output, error) = Executable.Run("sample", "--from-row", set, "synthetic-4-00003", "--out", Path.Combine(odm.Folder, "again"), "--threads", "1");
        code.ShouldBe(0, error);
        output.ShouldContain("equal bit for bit");
    }

    [Fact]
    public void Interrupted_it_exits_130_within_ten_seconds_and_goes_on_from_its_checkpoint()
    {
        var run = Path.Combine(odm.Folder, "run");
        string[] arguments = ["run", study, "--out", run, "--until", "train", "--set", "generators.dm.steps=100000", "--set", "generators.odm.steps=100000",
            "--set", "generators.dm.prediction=x0", "--set", "generators.odm.prediction=x0"]; // else a warning would be the first line
        using var process = Executable.Start(arguments);
        var training = Appears(run, "train-dm-*", process);
        process.StandardError.ReadLine().ShouldNotBeNull().ShouldContain("train dm "); // the first progress line: steps have been done
        var clock = Stopwatch.StartNew();
        Executable.Interrupt(process);
        process.WaitForExit(15000).ShouldBeTrue();
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(10);
        process.ExitCode.ShouldBe(130);
        process.StandardError.ReadToEnd().ShouldContain("the same command goes on from the last checkpoint");
        Directory.Exists(Path.Combine(training, "checkpoint")).ShouldBeTrue();

        using var again = Executable.Start(arguments);
        again.StandardError.ReadLine().ShouldNotBeNull().ShouldContain("resumed at step ");
        again.Kill();
        again.WaitForExit();
    }

    [Fact]
    public void Copies_that_the_audit_finds_are_left_out_where_the_study_asks()
    {
        var run = Path.Combine(odm.Folder, "run");
        string[] arguments = ["run", odm.Write("reject.yaml", Executable.Mini.Replace("count: 60", "count: 160", StringComparison.Ordinal).Replace("total: 60", "total: 100", StringComparison.Ordinal).Replace("\"4\": 5", "\"0\": 24, \"4\": 5", StringComparison.Ordinal)), "--out", run, "--set", "audit.reject=true", "--set", "image_metrics=resnet18-imagenet"];
        Executable.Run([.. arguments, "--until", "audit"]).Code.ShouldBe(0);
        var audit = Directory.GetDirectories(Path.Combine(run, "stages"), "audit-odm-????????????").Single();
        var pairs = File.ReadAllLines(Path.Combine(audit, "pairs.csv"));
        pairs[2] = pairs[2][..pairs[2].LastIndexOf(',')] + ",0"; // as if it were a copy
        pairs.Skip(1).ShouldAllBe(p => p == pairs[2] || double.Parse(p.Split(',', StringSplitOptions.None)[3], System.Globalization.CultureInfo.InvariantCulture) > .2); // noise, near nothing
        File.WriteAllLines(Path.Combine(audit, "pairs.csv"), pairs);
        var (code, _, error) = Executable.Run(arguments);
        code.ShouldBe(0, error);
        var fit = File.ReadAllText(Path.Combine(Directory.GetDirectories(Path.Combine(run, "stages"), "fit-odm-1-*").Single(), "stage.json"));
        fit.ShouldContain("\"copies_left_out\": 1");
        var report = File.ReadAllText(Path.Combine(run, "report.md"));
        report.ShouldContain("Copies were left out");
        report.ShouldContain("at equal class mixes (as many images of every class on every side)");
        report.ShouldContain("\n! odm: rows of the whole set: left out are classes 1 (");
        report.ShouldContain("\n! odm: copy_rate: fewer than 20 held-out images of class 0 (");
        var metrics = File.ReadAllLines(Path.Combine(run, "image_metrics.csv"));
        metrics[0].ShouldBe("study,dataset,set,seed,metric,label,value,ci_low,ci_high,n,n_real,extractor,preprocessing,class_mix,classes");
        metrics.ShouldAllBe(r => r.Split(',', StringSplitOptions.None).Length >= 15);
        foreach (var metric in new[] { "frechet_resnet18-imagenet", "kid", "held_out_kid", "copy_rate", "nn_ratio", "copy_rate_resnet18-imagenet", "membership_auc", "read_as_asked" })
        {
            metrics.ShouldContain(r => r.StartsWith($"mini,phantom,odm,1,{metric},,", StringComparison.Ordinal), metric);
        }
    }

    [Fact]
    public void A_dry_run_prints_study_plan_and_estimate_and_writes_nothing()
    {
        var run = Path.Combine(odm.Folder, "run");
        var (code, output, error) = Executable.Run("run", study, "--out", run, "--dry-run");
        (code, error).ShouldBe((0, ""));
        output.ShouldStartWith("study: mini\n");
        output.ShouldContain("arm odm: trains on");
        output.ShouldContain("one paired two-sided test at .05 finds with 80 % power a difference of balanced accuracy from ");
        output.ShouldContain("synthesize odm");
        output.ShouldContain("warning: the images of dm will probably be noise: generators.dm.steps is 8, ");
        output.ShouldContain("MB of memory");
        Directory.Exists(run).ShouldBeFalse();
    }

    /// <summary>Starts a study and kills it as soon as a stage's folder holds something of a name.</summary>
    internal static void KillAt(string study, string run, string sign)
    {
        using var process = Executable.Start("run", study, "--out", run);
        Appears(run, sign, process);
        process.Kill();
        process.WaitForExit();
    }

    private static string Appears(string run, string sign, Process process)
    {
        var stages = Path.Combine(run, "stages");
        var (folder, name) = (Path.GetDirectoryName(sign)!, Path.GetFileName(sign));
        while (!process.HasExited)
        {
            var found = Directory.Exists(stages)
                ? (folder.Length == 0 ? [stages] : Directory.GetDirectories(stages, folder)).SelectMany(d => Directory.GetFileSystemEntries(d, name)).FirstOrDefault()
                : null;
            if (found is not null)
            {
                return found;
            }

            Thread.Sleep(1);
        }

        throw new InvalidOperationException($"ended with {process.ExitCode} before {sign}: {process.StandardError.ReadToEnd()}");
    }
}
