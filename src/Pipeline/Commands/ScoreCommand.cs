using System.CommandLine;
using Odm.Classify;

namespace Odm.Pipeline;

/// <summary><c>odm score</c>: metrics of files that anyone may have written.</summary>
internal static class ScoreCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make() => new("score", "Metrics with intervals of files that any program may have written.") { Classes() };

    private static Command Classes()
    {
        var file = new Argument<string>("FILE.csv") { Description = "id,truth,prediction[,group][,p_<class>...]; further columns are ignored." };
        var command = new Command("classes", "Classification metrics of a predictions file: one metric,label,value,ci_low,ci_high,n row a fact (95 % bootstrap intervals, clustered by group).") { file };
        command.SetAction(parsed => Outcome.Of((_, _) =>
        {
            var facts = ScoreClasses.Run(parsed.GetRequiredValue(file));
            Console.Out.WriteLine(FactsCsv.Header);
            foreach (var fact in facts)
            {
                Console.Out.WriteLine(FactsCsv.Row(fact, 4, exact: true));
            }
        }));
        return command;
    }
}
