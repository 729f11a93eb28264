using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Odm.Classify.Features;
using Odm.Data.Guarding;
using Odm.Data.Images;
using Odm.Data.Splitting;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Preparing;

/// <summary>
/// Near duplicates between the sides and transfer sets of a study: looked for once, listed and drawn in the prepare stage's folder.
/// </summary>
public static class NearGuard
{
    /// <summary>The list of all overlaps, in the prepare stage's folder.</summary>
    public const string List = "overlap.csv";

    /// <summary>The picture of the nearest pairs beside it.</summary>
    public const string Sheet = "near.png";

    /// <summary>The same images with their near duplicates, from the finished prepare stage where it saw the same sets.</summary>
    /// <param name="prepared">The images.</param>
    /// <param name="sources">The study's stages that read files.</param>
    /// <param name="list">Where they are listed when they stop the run; a picture goes beside it.</param>
    /// <param name="context">Device and cancellation.</param>
    /// <exception cref="DatasetException">There are some, and the study stops for them.</exception>
    internal static Prepared Looked(Prepared prepared, StudySources sources, string list, RunContext context)
    {
        var split = sources.Study.Split;
        if (split.NearDuplicates == NearDuplicateAction.Off)
        {
            return prepared;
        }

        if (sources.Prepare.Facts?["near_duplicates"] is { } known && (string?)known["sets"] == Key(prepared))
        {
            return prepared with { Overlap = prepared.Overlap with { Near = (int)known["images"]! } };
        }

        var pairs = Find([.. prepared.Sides, .. prepared.Transfer.Select(t => ("transfer " + t.Name, t.Set))], split.NearFeatures,
            "split.near_features", context);
        if (split.NearDuplicates == NearDuplicateAction.Stop && pairs.Count > 0)
        {
            NearSheet.Draw(pairs).Save(Path.ChangeExtension(list, null) + "-" + Sheet);
            Guard.RefuseNear(pairs, list);
        }

        return prepared with { Near = pairs, Overlap = prepared.Overlap with { Near = Guard.Concerned(pairs) } };
    }

    /// <summary>Near duplicates between sides, by spectra or by the features of a network.</summary>
    /// <param name="sides">The sides.</param>
    /// <param name="features">Name or files of the network; null for spectra.</param>
    /// <param name="field">What named it.</param>
    /// <param name="context">Device and cancellation.</param>
    /// <exception cref="StudyException">There is no such network.</exception>
    public static IReadOnlyList<NearPair> Find(IReadOnlyList<(string Side, ImageSet Set)> sides, string? features, string field,
        RunContext context)
    {
        if (features is null)
        {
            return NearDuplicates.Find(sides, null, context.Cancel);
        }

        if (FeatureExtractors.Fault(features) is { } fault)
        {
            throw new StudyException($"{field}: {fault}");
        }

        using var extractor = FeatureExtractors.Open(features, context);
        return NearDuplicates.Find(sides, new NearFeatures(set => FeatureExtraction.Of(set, extractor, context, "guard, features").Values),
            context.Cancel);
    }

    /// <summary>What stage.json says; null where none were looked for.</summary>
    internal static JsonObject? Facts(Prepared prepared) => prepared.Near is not { } pairs ? null
        : new JsonObject { ["images"] = prepared.Overlap.Near, ["pairs"] = pairs.Count, ["sets"] = Key(prepared) };

    /// <summary>Writes the list of all overlaps and the picture of the nearest, where there are any that were not written before.</summary>
    internal static void Write(Prepared prepared, string folder, IEnumerable<(string Side, ImageRow Row)> rows)
    {
        if (prepared.Near is not { } pairs)
        {
            return;
        }

        Guard.WriteList(Path.Combine(folder, List), Guard.Find(rows).Concat(Guard.Of(pairs)));
        if (pairs.Count > 0)
        {
            NearSheet.Draw(pairs).Save(Path.Combine(folder, Sheet));
        }
    }

    /// <summary>The report's sentence.</summary>
    internal static string Sentence(Prepared prepared, string place) => prepared.Overlap.Near switch
    {
        null => "Near duplicates were not looked for (split.near_duplicates: off).",
        0 => "No image shows nearly the same picture as one of another side (perceptual hash and distance; mirrored and turned forms "
            + "among them).",
        var n => string.Create(CultureInfo.InvariantCulture,
            $"**{n} {(n == 1 ? "image shows" : "images show")} nearly the same picture as one of another side: [list]({place}/{List}), "
            + $"[nearest pairs]({place}/{Sheet}). Where these are copies or one patient's images, scores are too good.**"),
    };

    // the sets that were compared
    private static string Key(Prepared prepared) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', [prepared.All.ContentHash, .. prepared.Transfer.Select(t => t.Name + " " + t.Set.ContentHash)]))))[..12];
}
