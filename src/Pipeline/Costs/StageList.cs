using System.Text.Json;
using System.Text.Json.Nodes;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Graph;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Reports;
using Odm.Pipeline.Stages;
using Spectre.Console;

namespace Odm.Pipeline.Costs;

/// <summary><c>odm stages</c>: the graph of a study with states, edges and estimates.</summary>
public static class StageList
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// An array, in the order of a run; the last is the report. <c>id</c> and <c>inputs</c> are names of folders below <c>stages/</c>;
    /// <c>state</c> is finished, begun, ready (all inputs are finished) or waiting; <c>seconds</c> is an estimate of what is left to do.
    /// </summary>
    public static string Json(OpenedStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        var (plan, cost) = (study.Plan, DryRun.Costs(study));
        var list = new JsonArray();
        foreach (var (stage, of) in Costs(plan, cost))
        {
            list.Add(new JsonObject
            {
                ["id"] = Id(stage),
                ["name"] = stage.Name,
                ["title"] = stage.Title,
                ["kind"] = stage.Kind.Name,
                ["folder"] = Path.Combine("stages", Id(stage)),
                ["inputs"] = new JsonArray([.. stage.Inputs.Select(Id).Distinct(StringComparer.Ordinal).Select(i => (JsonNode)i)]),
                ["state"] = State(stage),
                ["work"] = of?.Work,
                ["network_evaluations"] = of?.Evaluations,
                ["seconds"] = of is null ? null : Math.Round(of.Seconds, 1),
            });
        }

        var all = StudyWork.Stages(plan).Select(s => s.Stage).ToList();
        list.Add(new JsonObject
        {
            ["id"] = StageKind.Report.Name,
            ["name"] = StageKind.Report.Name,
            ["title"] = StageKind.Report.Name,
            ["kind"] = StageKind.Report.Name,
            ["folder"] = ".",
            ["inputs"] = new JsonArray([.. all.Select(i => (JsonNode)Id(i))]),
            ["state"] = all.TrueForAll(s => s.Finished) ? "ready" : "waiting",
        });
        return list.ToJsonString(Indented);
    }

    /// <summary>The same as a table on the console.</summary>
    public static void Print(OpenedStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        var (plan, cost) = (study.Plan, DryRun.Costs(study));
        var table = new Table().AddColumns("stage", "reads", "work", "estimate", "state");
        foreach (var (stage, of) in Costs(plan, cost))
        {
            table.AddRow(stage.Name.EscapeMarkup(),
                string.Join(", ", stage.Inputs.Select(i => i.Name).Distinct(StringComparer.Ordinal)).EscapeMarkup(),
                of?.Work.EscapeMarkup() ?? "", stage.Finished ? "" : of is null ? "seconds" : ProgressLine.Clock(of.Seconds), State(stage));
        }

        table.AddRow(StageKind.Report.Name, "all", "", "seconds", "");
        Terminal.Out().Write(table);
    }

    private static IEnumerable<(Stage Stage, StageCost? Cost)> Costs(StudyPlan plan, StudyCost cost)
        => StudyWork.Stages(plan).Select(s => (s.Stage, cost.Stages.FirstOrDefault(c => c.Stage == s.Stage)));

    private static string Id(Stage stage) => Path.GetFileName(stage.Folder);

    private static string State(Stage stage)
        => stage.Finished ? "finished" : Directory.Exists(stage.Folder) ? "begun" : stage.Inputs.All(i => i.Finished) ? "ready" : "waiting";
}
