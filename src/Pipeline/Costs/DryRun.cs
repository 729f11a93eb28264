using System.Globalization;
using Odm.Engine.Runtime;
using Odm.Pipeline.Checks;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;
using Odm.Pipeline.Reports;
using Odm.Pipeline.Stages;
using Spectre.Console;

namespace Odm.Pipeline.Costs;

/// <summary><c>odm run --dry-run</c>: the resolved study, what its stages would do, and what that would cost here.</summary>
public static class DryRun
{
    /// <summary>Prints; nothing is written but temporary files of the calibration.</summary>
    public static void Print(OpenedStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        var (plan, prepared) = (study.Plan, study.Prepared);
        Console.Out.WriteLine(Resolved.Yaml(plan.Study));
        var console = Terminal.Out();
        Images(console, plan, prepared);
        foreach (var sentence in Resolution.Sentences(plan.Downstream, prepared.Test))
        {
            Console.Out.WriteLine(sentence);
        }

        if (GroupNotice.Line(plan.Study, prepared) is { } notice)
        {
            Console.Out.WriteLine($"warning: {notice}");
        }

        foreach (var line in BudgetWarnings.Lines(plan, prepared.All.Channels).Concat(OnlineFit.Warnings(plan, prepared)))
        {
            Console.Out.WriteLine(line);
        }

        var (workers, cost) = (plan.Study.Workers, Costs(study));
        Stages(console, plan, cost.Stages);
        var seconds = cost.Stages.GroupBy(c => c.Stage.Kind)
            .Sum(kind => kind.Sum(c => c.Seconds) / (kind.Key.Trains ? Math.Min(workers, kind.Count()) : 1));
        var together = workers > 1 ? string.Create(CultureInfo.InvariantCulture, $", {workers} trainings at a time") : "";
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"about {ProgressLine.Clock(seconds)} on {study.Context.Device} with {TorchEngine.Threads} threads{together}, by a calibration "
            + $"of a few steps (loading, checkpoints and reports not counted); {cost.PeakBytes >> 20} MB of memory at its peak"));
    }

    /// <summary>What the stages that compute would cost here, with the threads that a run would give each.</summary>
    internal static StudyCost Costs(OpenedStudy study)
    {
        StudyCost? cost = null;
        SideBySide.Run([study.Plan], study.Plan.Study.Workers, study.Context.Cancel,
            (p, _, cancel) => cost = new StudyCalibration(p, study.Prepared, study.Context with { Cancel = cancel }).OfAll());
        return cost!;
    }

    private static void Images(IAnsiConsole console, StudyPlan plan, Prepared prepared)
    {
        var table = new Table().Title($"images of {prepared.All.Channels}x{prepared.All.Height}x{prepared.All.Width}")
            .AddColumns("set", "images");
        table.AddColumns([.. prepared.All.Classes.Select(c => c.EscapeMarkup())]);
        foreach (var (side, set) in prepared.Sides.Concat(prepared.Transfer.Select(t => ("transfer " + t.Name, t.Set))))
        {
            Row(side, set.Count, set.ClassCounts());
        }

        foreach (var (name, arm) in plan.Study.Arms)
        {
            var real = HeldOutSlice.Of(plan.Study, prepared, arm).Real;
            var fit = plan.Fits.First(f => f.Name == name);
            var synthetic = fit.Synthetic;
            int[] painted = [.. synthetic.Where(s => s.Config.MakesMasks)
                .Select(s => (int)Math.Round((arm.Plan?.Probability ?? 1) * s.Counts.Sum()))];
            var added = painted.Length > 0 ? new int[prepared.All.Classes.Count] : arm.Added(real, $"arms.{name}.plan");
            var online = arm.Online is { } made && OnlineFit.Count(fit, real.Count) > 0
                ? $" (and {Number(made.Images)} made in training)" : "";
            var more = painted.Length > 0 ? painted.Sum() : arm.Online is null ? arm.AddedImages(real, $"arms.{name}.plan") : 0;
            Row($"arm {name}: trains on{online}", real.Count + more, [.. real.ClassCounts().Zip(added, (a, b) => a + b)]);
        }

        console.Write(table);

        void Row(string name, int images, int[] counts)
            => table.AddRow([name.EscapeMarkup(), Number(images), .. counts.Select(c => Number(c))]);
    }

    private static void Stages(IAnsiConsole console, StudyPlan plan, IReadOnlyList<StageCost> costs)
    {
        var table = new Table().Title("stages").AddColumns("stage", "folder", "work", "network evaluations", "estimate", "state");
        foreach (var stage in StudyWork.Stages(plan).Select(s => s.Stage))
        {
            var cost = costs.FirstOrDefault(c => c.Stage == stage);
            table.AddRow(stage.Title.EscapeMarkup(), Path.GetFileName(stage.Folder).EscapeMarkup(), cost?.Work.EscapeMarkup() ?? "",
                cost is { Evaluations: > 0 } ? Number(cost.Evaluations) : "",
                stage.Finished ? "" : cost is null ? "seconds" : ProgressLine.Clock(cost.Seconds), stage.Finished ? "finished"
                    : Directory.Exists(stage.Folder) ? "begun" : "");
        }

        console.Write(table);
    }

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
