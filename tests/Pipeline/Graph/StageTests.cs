using System.Text.Json.Nodes;
using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Graph;
using TorchSharp;

namespace Odm.Pipeline.Tests;

public sealed class StageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("odm-stage-").FullName;
    private readonly RunContext context = new(torch.CPU, Precision.Fp32, _ => { }, CancellationToken.None);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Stage Train(int steps, params Stage[] inputs) => Stage.Of(folder, StageKind.Train, "odm", new JsonObject { ["steps"] = steps }, inputs);

    [Fact]
    public void Equal_inputs_give_the_same_folder_and_other_ones_another()
    {
        var prepare = Stage.Of(folder, StageKind.Prepare, "", new JsonObject { ["size"] = 32 });
        var other = Stage.Of(folder, StageKind.Prepare, "", new JsonObject { ["size"] = 64 });
        Train(1, prepare).Folder.ShouldBe(Train(1, prepare).Folder);
        Train(1, prepare).Folder.ShouldNotBe(Train(2, prepare).Folder);
        Train(1, prepare).Folder.ShouldNotBe(Train(1, other).Folder);
        Path.GetFileName(Train(1, prepare).Folder).ShouldMatch("^train-odm-[0-9a-f]{12}$");
    }

    [Fact]
    public void A_finished_stage_is_not_run_twice()
    {
        var times = 0;
        for (var i = 0; i < 2; i++)
        {
            Train(1).Run(context, (_, facts) => facts["times"] = ++times);
        }

        times.ShouldBe(1);
        ((int)Train(1).Facts!["times"]!).ShouldBe(1);
    }

    [Fact]
    public void A_stage_that_fails_is_not_finished_and_keeps_what_it_wrote()
    {
        var stage = Train(1);
        Should.Throw<InvalidOperationException>(() => stage.Run(context, (_, _) =>
        {
            File.WriteAllText(Path.Combine(stage.Folder, "checkpoint"), "x");
            throw new InvalidOperationException();
        }));
        stage.Finished.ShouldBeFalse();
        File.Exists(Path.Combine(stage.Folder, "checkpoint")).ShouldBeTrue();
    }

    [Fact]
    public void The_record_names_inputs_versions_device_speed_and_where_it_was_resumed()
    {
        var prepare = Stage.Of(folder, StageKind.Prepare, "", null);
        var stage = Train(7, prepare);
        stage.Run(context, (c, _) =>
        {
            c.Report(new Progress("train odm", 3, 7, 0, "images", "resumed at step 3"));
            c.Report(new Progress("train odm", 7, 7, 61.5, "images"));
        });
        var facts = stage.Facts!;
        ((string)facts["inputs"]![0]!).ShouldBe($"prepare-{prepare.Hash}");
        ((int)facts["config"]!["steps"]!).ShouldBe(7);
        ((long)facts["resumed_at"]!).ShouldBe(3);
        ((double)facts["images_per_s"]!).ShouldBe(61.5);
        ((string)facts["device"]!).ShouldBe("cpu");
        facts["versions"]!["engine"]!.ToString().ShouldStartWith("libtorch");
        facts.ContainsKey("seconds").ShouldBeTrue();
    }

    [Fact]
    public void A_cancelled_run_starts_no_stage()
    {
        var stage = Train(1);
        Should.Throw<OperationCanceledException>(() => stage.Run(context with { Cancel = new CancellationToken(canceled: true) }, (_, _) => { }));
        Directory.Exists(stage.Folder).ShouldBeFalse();
    }

    [Fact]
    public void Two_runs_do_not_work_in_one_folder_and_a_left_lock_file_is_no_hindrance()
    {
        var run = Path.Combine(folder, "run");
        using (RunFolder.Open(run, "study: a\n"))
        {
            Stage.Of(run, StageKind.Prepare, "", null).Run(context, (_, _) => { });
            Should.Throw<StudyException>(() => RunFolder.Open(run, "study: a\n")).Message.ShouldContain("another run is working in this folder");
        }

        File.WriteAllText(Path.Combine(run, ".lock"), ""); // as a killed run leaves it
        using (RunFolder.Open(run, "study: a\n"))
        {
            RunFolder.Check(run, "a");
        }
    }

    [Fact]
    public void A_run_that_finished_no_stage_leaves_no_folder()
    {
        var run = Path.Combine(folder, "run");
        RunFolder.Open(run, "study: a\n").Dispose();
        Directory.Exists(run).ShouldBeFalse();
    }
}
