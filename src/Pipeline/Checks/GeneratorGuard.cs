using System.Globalization;
using System.Text.Json.Nodes;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Checks;

/// <summary>Before a generator is used: was it trained on just the images that this study lets it see, and on none that judges?</summary>
internal static class GeneratorGuard
{
    /// <summary>
    /// Checks a trained generator; <c>trained_on</c> and <c>trained_on_judging</c> count its images, and those that are also in validation,
    /// test or transfer sets.
    /// </summary>
    /// <param name="generator">The generator, trained.</param>
    /// <param name="prepared">The study's images.</param>
    /// <param name="allowOverlap">Whether images or groups that also judge are counted only.</param>
    /// <param name="facts">For stage.json.</param>
    /// <exception cref="DatasetException">It was trained on others, or on images or groups that judge.</exception>
    public static void Check(PlannedGenerator generator, Prepared prepared, bool allowOverlap, JsonObject facts)
    {
        var seen = generator.Config.Networks(generator.Train.Folder, prepared.Visible(generator.Visible))
            .SelectMany(n => Listed(generator, n.Folder, n.Images)).ToList();
        var judging = prepared.Val.Rows.Concat(prepared.Test.Rows).ToList();
        var hashes = judging.Concat(prepared.Transfer.SelectMany(t => t.Set.Rows)).Select(r => r.Sha256).ToHashSet(StringComparer.Ordinal);
        // names of another dataset's groups mean others
        var groups = judging.Select(r => r.Group).Where(g => g != "").ToHashSet(StringComparer.Ordinal);
        var shared = seen.Where(i => hashes.Contains(i.Sha256) || groups.Contains(i.Group)).ToList();
        if (shared.Count > 0 && !allowOverlap)
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture,
                $"generators.{generator.Name}: {generator.Train.Folder} was trained on {shared[0].Id}, which (or whose group) is in a "
                + $"validation, test or transfer set; in all {shared.Count} of {seen.Count} images"));
        }

        facts["trained_on"] = seen.Count;
        facts["trained_on_judging"] = shared.Count;
    }

    /// <summary>What the report says; nothing where no generator was used.</summary>
    public static string Sentence(StudyPlan plan)
    {
        var used = plan.Sets.DistinctBy(s => s.Generator.Train.Hash).Where(s => s.Synthesize.Facts?["trained_on"] is not null)
            .Select(s => (s.Generator, Seen: (int)s.Synthesize.Facts!["trained_on"]!,
                Judging: (int)s.Synthesize.Facts["trained_on_judging"]!)).ToList();
        var names = string.Join(", ",
            used.Select(u => string.Create(CultureInfo.InvariantCulture,
                $"{u.Generator.Train.Title["train ".Length..]} on {u.Seen} images")));
        var judging = string.Join(", ",
            used.Where(u => u.Judging > 0).Select(u => string.Create(CultureInfo.InvariantCulture, $"{u.Generator.Name} on {u.Judging}")));
        return used.Count == 0 ? "" : used.All(u => u.Judging == 0)
            ? $"Generators were trained ({names}; listed in `training.csv` beside each checkpoint) on no image that is in validation, "
                + $"test or transfer sets, and on no group that is in validation or test sets: checked by pixel hash and group before "
                + $"they were used.\n"
            : $"**Generators were trained ({names}) on images or groups that also judge: {judging}. The study allows it "
                + $"(split.allow_overlap).**\n";
    }

    private static IReadOnlyList<TrainedImage> Listed(PlannedGenerator generator, string folder, ImageSet expected)
    {
        var list = TrainingList.Read(folder);
        if (list.ContentHash == expected.ContentHash)
        {
            return list.Images;
        }

        var known = expected.Rows.Select(r => r.Sha256).ToHashSet(StringComparer.Ordinal);
        var foreign = list.Images.FirstOrDefault(i => !known.Contains(i.Sha256))?.Id;
        throw new DatasetException($"generators.{generator.Name}: {folder} was trained on other images than this study lets it see"
            + $"{(foreign is null ? "" : $"; the first of them is {foreign}")}");
    }
}
