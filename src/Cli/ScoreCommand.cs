using System.CommandLine;
using Odm.Classify.Metrics;
using Odm.Pipeline.Execution;
using Odm.Pipeline.Results;

namespace Odm.Cli;

/// <summary><c>odm score</c>: metrics of files that anyone may have written.</summary>
internal static class ScoreCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make() => new("score", "Metrics with intervals of files that any program may have written.") { Classes(),
        Masks(), ScoreImages.Make(), ScoreReaders.Make() };

    private static Command Classes()
    {
        var file = new Argument<string>("FILE.csv")
        {
            Description =
            "id,truth,prediction[,group][,p_<class>...]; further columns are ignored."
        };
        var command = new Command("classes", "Classification metrics of a predictions file: one metric,label,value,ci_low,ci_high,n row a "
            + "fact (95 % bootstrap intervals, clustered by group).") { file };
        command.SetAction(parsed => Outcome.Of((_, _) => Print(ScoreClasses.Run(parsed.GetRequiredValue(file)))));
        return command;
    }

    private static Command Masks()
    {
        var truth = new Option<string>("--truth") { Description = "Folder of the true masks.", Required = true };
        var predicted = new Option<string>("--predicted")
        {
            Description = "Folder of the predicted masks, at the same places and with the same base names.",
            Required = true
        };
        var empty = new Option<string>("--empty")
        {
            Description = "What Dice and IoU are where neither mask has a pixel: 1 (one), 0 "
            + "(zero), or left out (skip). Where one of them has, they are 0.",
            DefaultValueFactory = _ => "one"
        };
        empty.AcceptOnlyFromAmong("one", "skip", "zero");
        var truthValues = MaskValues.Option("--truth-values", "Stored values that are the mask, where the true ones are maps of labels.");
        var predictedValues = MaskValues.Option("--predicted-values", "The same of the predicted ones.");
        var command = new Command("masks", "Segmentation metrics of two folders of mask images; grey/255 is the probability, from .5 on a "
            + "pixel is in the mask. Rows as of score classes; each image is a group.") { truth, predicted, empty,
            truthValues, predictedValues };
        command.SetAction(parsed => Outcome.Of((interruption,
            _) => Print(ScoreMasks.Run(parsed.GetRequiredValue(truth), parsed.GetRequiredValue(predicted),
            truthValues: MaskValues.Parse(parsed.GetValue(truthValues), "--truth-values"),
            predictedValues: MaskValues.Parse(parsed.GetValue(predictedValues), "--predicted-values"),
            warn: Console.Error.WriteLine, empty: Enum.Parse<EmptyMask>(parsed.GetRequiredValue(empty), ignoreCase: true),
            cancel: interruption.Token))));
        return command;
    }

    /// <summary>Prints the rows with their header.</summary>
    public static void Print(IReadOnlyList<Fact> facts)
    {
        Console.Out.WriteLine(FactsCsv.Header);
        foreach (var fact in facts)
        {
            Console.Out.WriteLine(FactsCsv.Row(fact, 4, exact: true));
        }
    }
}
