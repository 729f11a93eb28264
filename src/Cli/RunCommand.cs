using System.CommandLine;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Costs;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Reports;
using Odm.Pipeline.Results;

namespace Odm.Cli;

/// <summary><c>odm run</c>: a study from its file to its report.</summary>
internal static class RunCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var file = new Argument<string>("STUDY.yaml") { Description = "The study file (configs/README.md lists its fields)." };
        var folder = new Option<string?>("--out") { Description =
            "The run's folder; runs/<study> where not given. The same command again goes on where it stopped.", HelpName = "DIR" };
        var set = new Option<string[]>("--set") { Description =
            "Sets a field of the study, e.g. --set dataset.path=data/x.npz; may be repeated. Paths start at the current folder.",
            HelpName = "path.to.field=value" };
        var until = new Option<string>("--until") { Description = "Stops after this stage.", DefaultValueFactory = _ => "report",
            HelpName = string.Join("|", StudyRun.Kinds) };
        until.Validators.Add(found =>
        {
            if (found.Tokens.Count > 0 && !StudyRun.Kinds.Contains(found.Tokens[0].Value, StringComparer.Ordinal))
            {
                found.AddError($"--until {found.Tokens[0].Value}: no stage of that name; allowed are {string.Join(", ", StudyRun.Kinds)}");
            }
        });
        var dry = new Option<bool>("--dry-run") { Description =
            "Prints the resolved study, the stages, network evaluations, and an estimate of time and memory; writes nothing." };
        var command = new Command("run", "Runs a study: prepare, train, synthesize, style, audit, fit, evaluate, report.") { file, folder,
            set, until, dry };
        command.SetAction(parsed => Outcome.Of((interruption, progress) => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(folder), parsed.GetValue(set) ?? [], parsed.GetRequiredValue(until),
                parsed.GetValue(dry), interruption, progress)));
        return command;
    }

    private static void Run(string file, string? folder, string[] set, string until, bool dry, Interruption interruption,
        ProgressLine progress)
    {
        var study = StudyFile.Read(file, set);
        var path = folder ?? Path.Combine("runs", study.Name);
        RunFolder.Check(path, study.Name);
        var context = new RunContext(Machine.Use(study.Device, study.Threads, study.Precision), study.Precision, progress.Report,
            interruption.Token);
        var sources = StudySources.Of(study, path);
        var prepared = Preparation.Read(sources, path.TrimEnd('/') + "-overlap.csv", context);
        progress.Clear();
        var plan = StudyPlan.Of(sources, prepared);
        if (dry)
        {
            DryRun.Print(plan, prepared, context);
            return;
        }

        if (until is not "prepare")
        {
            DiskSpace.Check(plan, prepared);
        }

        interruption.Continue = "; the same command goes on from the last checkpoint";
        using var run = RunFolder.Open(path, Resolved.Yaml(study));
        progress.Start();
        foreach (var line in until is "prepare" ? [] : BudgetWarnings.Lines(plan, prepared.All.Channels))
        {
            progress.Line(line);
        }

        var stages = new StudyRun(plan, prepared, context, progress);
        stages.Until(until);
        progress.Clear();
        if (until == "report")
        {
            var (scores, truths) = (stages.Scores(), stages.Truths());
            var judged = new Judgement(scores, stages.Compare(), study.BaselineOf) { Noise = NoisySets.Of(plan) };
            RunOutput.Write(path, plan, prepared, judged, truths, context.Cancel);
            ComparisonTable.Print(plan, judged, truths, Path.Combine(path, "report.md"));
        }
    }
}
