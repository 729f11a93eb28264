using System.Diagnostics;
using System.Text.Json;

namespace Odm.Cli.Tests;

public sealed class StageCommandTests : IDisposable
{
    private readonly Executable odm = new();

    public void Dispose() => odm.Dispose();

    private sealed record Listed(string Id, string Name, string Kind, string[] Inputs, string State);

    private static Listed[] Stages(string study, string folder)
    {
        var (code, output, error) = Executable.Run("stages", study, "--out", folder, "--json");
        code.ShouldBe(0, error);
        return JsonSerializer.Deserialize<Listed[]>(output, new JsonSerializerOptions(JsonSerializerDefaults.Web))!;
    }

    [Fact]
    [Trait("speed", "slow")]
    public void Stages_one_by_one_and_two_at_a_time_give_the_results_of_a_run()
    {
        var study = odm.Write("study.yaml", Executable.Mini);
        var (whole, apart) = (Path.Combine(odm.Folder, "whole"), Path.Combine(odm.Folder, "apart"));
        Executable.Run("run", study, "--out", whole).Code.ShouldBe(0);

        var open = Stages(study, apart).ToList();
        open[0].State.ShouldBe("ready");
        open.Skip(1).ShouldAllBe(s => s.State == "waiting");
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (open.Count > 0)
        {
            // the last of those that may begin, so that the order is another than the run's
            var two = open.Where(s => s.Inputs.All(done.Contains)).Reverse().Take(2).ToList();
            var started = two.Select(s => Executable.Start("stage", Directory.Exists(apart) ? apart : study, s.Id, "--out", apart)).ToList();
            foreach (var process in started)
            {
                var error = process.StandardError.ReadToEndAsync();
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                process.ExitCode.ShouldBe(0, error.Result);
                process.Dispose();
            }

            open.RemoveAll(two.Contains);
            done.UnionWith(two.Select(s => s.Id));
        }

        foreach (var file in new[] { "results.csv", "summary.csv", "image_metrics.csv" })
        {
            File.ReadAllBytes(Path.Combine(apart, file)).ShouldBe(File.ReadAllBytes(Path.Combine(whole, file)), file);
        }

        Stages(study, apart).SkipLast(1).ShouldAllBe(s => s.State == "finished");
    }

    [Fact]
    public void A_stage_whose_inputs_are_missing_names_them()
    {
        var study = odm.Write("study.yaml", Executable.Mini);
        var folder = Path.Combine(odm.Folder, "run");
        var (code, output, error) = Executable.Run("stage", study, "synthesize-dm", "--out", folder);
        (code, output).ShouldBe((2, ""));
        error.ShouldContain("train-dm");
        error.Trim().Split('\n').Length.ShouldBe(1);
        Directory.Exists(folder).ShouldBeFalse();
        Executable.Run("stage", study, "report", "--out", folder).Error.ShouldContain("prepare");
        Executable.Run("stage", study, "trian-dm", "--out", folder).Error.ShouldContain("did you mean 'train-dm'");
    }

    [Fact]
    public void A_stage_that_another_process_works_on_is_refused()
    {
        var study = odm.Write("study.yaml", Executable.Mini);
        var folder = Path.Combine(odm.Folder, "run");
        Executable.Run("stage", study, "prepare", "--out", folder).Code.ShouldBe(0);
        using var first = Executable.Start("stage", folder, "train-dm", "--set", "generators.dm.steps=100000");
        try
        {
            var clock = Stopwatch.StartNew();
            while (!Directory.EnumerateDirectories(Path.Combine(folder, "stages"), "train-dm-*").Any() && clock.Elapsed.TotalSeconds < 60)
            {
                Thread.Sleep(50);
            }

            var (code, _, error) = Executable.Run("stage", folder, "train-dm", "--set", "generators.dm.steps=100000");
            code.ShouldBe(2);
            error.ShouldContain("another process is working on the stage train-dm");
            Executable.Run("run", study, "--out", folder).Code.ShouldBe(2);
        }
        finally
        {
            first.Kill();
            first.WaitForExit();
        }
    }
}
