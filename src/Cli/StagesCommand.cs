using System.CommandLine;
using Odm.Pipeline.Costs;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary><c>odm stages</c>: the graph of a study.</summary>
internal static class StagesCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var file = StudyArguments.File();
        var (folder, set) = (StudyArguments.Folder(), StudyArguments.Set());
        var json = new Option<bool>("--json") { Description = "A JSON array: id, name, kind, inputs, state, work, seconds of each stage." };
        var command = new Command("stages", "Lists the stages of a study with what each reads, its state and an estimate; writes nothing.")
        {
            file, folder, set, json,
        };
        command.SetAction(parsed => Outcome.Of((interruption, progress) =>
        {
            var (path, run) = StudyArguments.Place(parsed.GetRequiredValue(file), parsed.GetValue(folder));
            var study = OpenedStudy.Open(path, parsed.GetValue(set) ?? [], run, progress, interruption.Token);
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(StageList.Json(study));
            }
            else
            {
                StageList.Print(study);
            }
        }));
        return command;
    }
}
