using System.CommandLine;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary><c>odm stage</c>: one stage of a run in a process of its own.</summary>
internal static class StageCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var run = StudyArguments.File("RUN");
        run.Description = "Folder of a run, or a study file (then --out and --set as in odm run).";
        var stage = new Argument<string>("STAGE") { Description = "Name of the stage, as odm stages lists them; report is the last." };
        var (folder, set) = (StudyArguments.Folder(), StudyArguments.Set());
        var command = new Command("stage", "Does one stage of a run, so that several processes may work on it at the same time.")
        {
            run, stage, folder, set,
        };
        command.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var (path, place) = StudyArguments.Place(parsed.GetRequiredValue(run), parsed.GetValue(folder));
            var study = OpenedStudy.Open(path, parsed.GetValue(set) ?? [], place, progress, interruption.Token);
            interruption.Continue = "; the same command goes on from the last checkpoint";
            OneStage.Run(study, parsed.GetRequiredValue(stage), progress);
        }));
        return command;
    }
}
