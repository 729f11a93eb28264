using System.CommandLine;
using Odm.Classify.Readers;

namespace Odm.Cli;

/// <summary><c>odm score readers</c>: what experts made of the images of <c>odm review</c>.</summary>
internal static class ScoreReaders
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var files = new Argument<string[]>("FILE.csv")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "What the review page saved, a file a reader."
        };
        var key = new Option<string>("--key") { Required = true, Description = "The key of the review.", HelpName = "key.csv" };
        var command = new Command("readers", "How well readers tell generated from real images, against chance, and how much they "
            + "agree. The label is the reader; rows without one speak of all readers.") { files, key };
        command.SetAction(parsed => Outcome.Of((_, _)
            => ScoreCommand.Print(ReaderScores.Run(parsed.GetRequiredValue(files), parsed.GetRequiredValue(key)))));
        return command;
    }
}
