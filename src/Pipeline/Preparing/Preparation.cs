using System.Text.Json.Nodes;
using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;
using Odm.Pipeline.Configuration;
using Odm.Pipeline.Downstream;
using Odm.Pipeline.Graph;

namespace Odm.Pipeline.Preparing;

/// <summary>Imports and checks in memory, so that every fault of data and study is found before anything is written.</summary>
internal static class Preparation
{
    private const string SetFolder = "set";

    /// <summary>The study's images: opened where the stage is finished, else imported.</summary>
    /// <param name="sources">The stages that read files.</param>
    /// <param name="overlapList">Where the guard lists what it finds.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="UserException">A fault in the data, or data that do not suit the study.</exception>
    public static Prepared Read(StudySources sources, string overlapList, RunContext context)
    {
        var transfer = sources.Transfer.Select(t => (t.Name, Set: Opened(t.Stage)
            ?? Imported(sources.Study, sources.Study.Transfer[t.Name], context))).ToList();
        var all = Opened(sources.Prepare) ?? Splitter.Split(Imported(sources.Study, sources.Study.Dataset, context), sources.Study.Split);
        var prepared = Checked(sources.Study, new Prepared(all, transfer,
            Guard.Check(Rows(all, transfer), sources.Study.Split.AllowOverlap, overlapList)));
        return NearGuard.Looked(prepared, sources, overlapList, context);
    }

    // group names of another dataset mean other patients: there only equal pixels count
    private static IEnumerable<(string Side, ImageRow Row)> Rows(ImageSet all, IEnumerable<(string Name, ImageSet Set)> transfer)
        => all.Rows.Select(r => (r.Split, r)).Concat(transfer
            .SelectMany(t => t.Set.Rows.Select(r => ("transfer " + t.Name, r with { Group = "" }))));

    /// <summary>Writes the prepare stage of the study's own dataset, unless it is finished.</summary>
    public static void Write(StudySources sources, Prepared prepared, RunContext context)
    {
        var finished = sources.Prepare.Finished;
        sources.Prepare.Run(context, (_, facts) =>
        {
            prepared.All.Save(Path.Combine(sources.Prepare.Folder, SetFolder));
            facts["images"] = prepared.All.Count;
            facts["sides"] = Counts(prepared);
            facts["overlap"] = new JsonObject
            {
                ["duplicates"] = prepared.Overlap.Duplicates,
                ["groups"] = prepared.Overlap.Groups,
                ["images"] = prepared.Overlap.Images
            };
            facts["near_duplicates"] = NearGuard.Facts(prepared);
            NearGuard.Write(prepared, sources.Prepare.Folder, Rows(prepared.All, prepared.Transfer));
        });
        if (finished)
        {
            NearGuard.Write(prepared, sources.Prepare.Folder, Rows(prepared.All, prepared.Transfer)); // a transfer set came later
        }
    }

    /// <summary>Saves a transfer set, unless that is done.</summary>
    /// <param name="stage">Its prepare stage.</param>
    /// <param name="set">Its images.</param>
    /// <param name="context">Progress and cancellation.</param>
    public static void WriteTransfer(Stage stage, ImageSet set, RunContext context)
        => stage.Run(context, (_, facts) =>
        {
            set.Save(Path.Combine(stage.Folder, SetFolder));
            facts["images"] = set.Count;
        });

    private static ImageSet? Opened(Stage stage) => stage.Finished ? ImageSet.Open(Path.Combine(stage.Folder, SetFolder)) : null;

    /// <summary>A dataset as the study sees it: a segmenter knows no grades.</summary>
    public static ImageSet Imported(Study study, DatasetConfig dataset, RunContext context)
    {
        var set = Importer.Import(dataset, context);
        return study.Downstream.Masks ? set.WithoutLabels() : set;
    }

    private static JsonObject Counts(Prepared prepared)
    {
        var sides = new JsonObject();
        foreach (var (side, set) in prepared.Sides)
        {
            sides[side] = new JsonArray([.. set.ClassCounts().Select(c => (JsonNode)c)]);
        }

        return sides;
    }

    private static Prepared Checked(Study study, Prepared prepared)
    {
        Splitter.RequireTrainingImages(prepared.All);
        var faults = Faults(study, prepared).Distinct(StringComparer.Ordinal).ToList();
        return faults.Count == 0 ? prepared : throw new StudyException(string.Join("; ", faults));
    }

    private static IEnumerable<string> Faults(Study study, Prepared prepared)
    {
        foreach (var (side, set) in new[] { ("val", prepared.Val), ("test", prepared.Test) })
        {
            if (set.Count == 0)
            {
                yield return $"split.{side}: leaves no image to {(side == "val" ? "choose the checkpoint by" : "test on")}";
            }
        }

        var all = prepared.All;
        foreach (var fault in Downstreams.Of(study.Downstream, all.Count).Faults(all, prepared.Transfer))
        {
            yield return fault;
        }

        foreach (var (name, arm) in study.Arms.Where(a => a.Value.Real > prepared.Train.Count))
        {
            yield return $"arms.{name}.real: {arm.Real}; there are {prepared.Train.Count} training images";
        }

        foreach (var (name, arm) in study.Arms.Where(a => a.Value.Real > 0 && a.Value.Real <= prepared.Train.Count))
        {
            var bare = prepared.Visible(arm.Real).ClassCounts().Select((n, c) => (n, c)).Where(x => x.n == 0).Select(x => all.Classes[x.c])
                .ToList();
            if (bare.Count > 0)
            {
                yield return $"arms.{name}.real: {arm.Real}; these few hold no image of class {string.Join(", ", bare)}; a larger number "
                    + $"is needed";
            }
        }

        foreach (var fault in study.Arms.SelectMany(a => HeldOutSlice.Faults(study, prepared, a.Key, a.Value)))
        {
            yield return fault;
        }

        foreach (var (name, generator) in study.Generators)
        {
            foreach (var fault in generator.ImageFaults($"generators.{name}", prepared.Train, Extractors.Source))
            {
                yield return fault;
            }
        }

        foreach (var (name, set) in prepared.Transfer)
        {
            if (!set.Classes.SequenceEqual(all.Classes, StringComparer.Ordinal))
            {
                yield return $"transfer.{name}: classes are {string.Join(", ", set.Classes)}; dataset has {string.Join(", ", all.Classes)}";
            }
            else if ((set.Channels, set.Height, set.Width) != (all.Channels, all.Height, all.Width))
            {
                yield return $"transfer.{name}: images are {set.Channels}x{set.Height}x{set.Width}; dataset has {all.Channels}x"
                    + $"{all.Height}x{all.Width} (preprocess alike)";
            }
        }
    }
}
