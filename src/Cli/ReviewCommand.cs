using System.CommandLine;
using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Reviews;

namespace Odm.Cli;

/// <summary><c>odm review</c>: images for experts to judge, and what they judged.</summary>
internal static class ReviewCommand
{
    private const string Asked = "origin, grade, lesion";

    /// <summary>Declares it.</summary>
    public static Command Make() => new("review", "Real and synthetic images for experts to judge (the answers: odm score readers).")
    {
        Draw()
    };

    private static Command Draw()
    {
        var folders = new Argument<string[]>("SETDIR")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Image sets of one size and one class list; real images and synthetic ones, in one set or in several."
        };
        var to = new Option<string>("--out")
        {
            Required = true,
            Description = "New folder for review.html, which goes to the readers, and key.csv, which does not.",
            HelpName = "DIR"
        };
        var count = new Option<int?>("--count")
        {
            Description = "Images, an even number; 60 by default, or as many as can be balanced.",
            HelpName = "N"
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the choice and the order.", HelpName = "S" };
        var ask = new Option<string>("--ask")
        {
            DefaultValueFactory = _ => "origin",
            Description = $"What is asked of each image, separated by commas: {Asked}.",
            HelpName = "A,B,..."
        };
        var side = new Option<string?>("--side")
        {
            Description = "The side that real images come from; all by default.",
            HelpName = "train|val|test"
        };
        side.AcceptOnlyFromAmong("train", "val", "test");
        var title = new Option<string>("--title")
        {
            DefaultValueFactory = _ => "Image review",
            Description = "What stands above the page.",
            HelpName = "TEXT"
        };
        var command = new Command("make", "Makes a page that opens without a network: a blinded, balanced mix of real and synthetic "
            + "images, and their key in a file of its own.") { folders, to, count, seed, ask, side, title };
        command.SetAction(parsed => Outcome.Of((_, _) =>
        {
            var place = parsed.GetRequiredValue(to);
            if (parsed.GetValue(count) is { } n && (n < 2 || n % 2 != 0))
            {
                throw new StudyException(string.Create(CultureInfo.InvariantCulture, $"--count: {n}; must be an even number from 2"));
            }
            var key = ReviewFolder.Make([.. parsed.GetRequiredValue(folders).Select(f => (f, ImageSet.Open(f)))], new()
            {
                Count = parsed.GetValue(count),
                Seed = parsed.GetValue(seed),
                Ask = Questions(parsed.GetRequiredValue(ask)),
                Side = parsed.GetValue(side),
                Title = parsed.GetRequiredValue(title),
            }, place);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Path.Combine(place, ReviewFolder.Page)}: review {key.Review}, "
                + $"{key.Items.Count} images, half of them real ({string.Join(", ", key.Items.GroupBy(i => i.Set, StringComparer.Ordinal)
                    .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} of {g.Key}"))})"));
            Console.Out.WriteLine($"{Path.Combine(place, ReviewFolder.Key)}: their key; keep it from the readers. "
                + $"Then: odm score readers FILE.csv... --key {Path.Combine(place, ReviewFolder.Key)}");
        }));
        return command;
    }

    private static ReviewQuestions Questions(string text)
    {
        var asked = ReviewQuestions.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            asked |= word switch
            {
                "origin" => ReviewQuestions.Origin,
                "grade" => ReviewQuestions.Grade,
                "lesion" => ReviewQuestions.Lesion,
                _ => throw new StudyException($"--ask: '{word}'; allowed: {Asked}"),
            };
        }
        return asked != ReviewQuestions.None ? asked : throw new StudyException($"--ask: nothing; allowed: {Asked}");
    }
}
