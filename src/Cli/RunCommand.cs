using System.CommandLine;
using Odm.Pipeline.Costs;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Graph;

namespace Odm.Cli;

/// <summary><c>odm run</c>: a study from its file to its report.</summary>
internal static class RunCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var file = StudyArguments.File();
        var (folder, set) = (StudyArguments.Folder(), StudyArguments.Set());
        var until = new Option<string>("--until")
        {
            Description = "Stops after the stages of this kind.",
            DefaultValueFactory = _ => StageKind.Report.Name,
            HelpName = string.Join("|", StageKind.All)
        };
        until.Validators.Add(found =>
        {
            if (found.Tokens.Count > 0 && StageKind.All.All(k => k.Name != found.Tokens[0].Value))
            {
                found
                    .AddError($"--until {found.Tokens[0].Value}: no stage of that name; must be one of {string.Join(", ", StageKind.All)}");
            }
        });
        var dry = new Option<bool>("--dry-run")
        {
            Description =
            "Prints the resolved study, the stages, network evaluations, and an estimate of time and memory; writes nothing."
        };
        var command = new Command("run", $"Runs a study: {string.Join(", ", StageKind.All)}.") { file, folder,
            set, until, dry };
        command.SetAction(parsed => Outcome.Of((interruption, progress) => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(folder), parsed.GetValue(set) ?? [],
                StageKind.Of(parsed.GetRequiredValue(until)),
                parsed.GetValue(dry), interruption, progress)));
        return command;
    }

    private static void Run(string file, string? folder, string[] set, StageKind until, bool dry, Interruption interruption,
        ProgressLine progress)
    {
        var study = OpenedStudy.Open(file, set, folder, progress, interruption.Token);
        if (dry)
        {
            DryRun.Print(study);
            return;
        }

        interruption.Continue = "; the same command goes on from the last checkpoint";
        Studies.Run(study, until, progress);
    }
}
