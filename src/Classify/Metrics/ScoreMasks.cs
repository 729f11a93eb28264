using Odm.Data.Import;
using Odm.Engine.Runtime;

namespace Odm.Classify.Metrics;

/// <summary>What <c>odm score masks</c> computes.</summary>
public static class ScoreMasks
{
    /// <summary>
    /// The scores of a folder of predicted masks against a folder of true ones. Files belong together by their names without the ending;
    /// grey (the mean of the channels) over 255 is the probability, and a pixel is in the mask from .5 on, in the truth as in the
    /// prediction. Each image is a group of its own.
    /// </summary>
    /// <param name="truthFolder">True masks.</param>
    /// <param name="predictedFolder">Predicted masks or probabilities.</param>
    /// <param name="bootstrap">Replicates, level, kind, seed of the intervals.</param>
    /// <param name="empty">What an image counts in which neither mask has a pixel.</param>
    /// <param name="cancel">Looked at before each image.</param>
    /// <exception cref="DatasetException">A folder is missing or empty, a mask has no partner or one of another size, a file cannot be
    /// read; one line.</exception>
    public static IReadOnlyList<Fact> Run(string truthFolder, string predictedFolder, BootstrapConfig? bootstrap = null,
        EmptyMask empty = EmptyMask.One, CancellationToken cancel = default)
    {
        var (truth, predicted) = (Masks(truthFolder), Masks(predictedFolder));
        Partners(truth, predicted, predictedFolder);
        Partners(predicted, truth, truthFolder);
        var rows = truth.Select(t =>
        {
            cancel.ThrowIfCancellationRequested();
            return Compare(t.Key, t.Value, predicted[t.Key]);
        });
        return SegmentationMetrics.Score(new MaskPredictions([.. rows]), bootstrap, empty);
    }

    private static MaskScores Compare(string id, string truthFile, string predictedFile)
    {
        var (truth, predicted) = (ImageFiles.Decode(truthFile), ImageFiles.Decode(predictedFile));
        if ((truth.Width, truth.Height) != (predicted.Width, predicted.Height))
        {
            throw new DatasetException($"{predictedFile}: {predicted.Width}x{predicted.Height} pixels where {truthFile} has "
                + $"{truth.Width}x{truth.Height}; all must have one size");
        }
        return MaskScores.Of(id, id, Array.ConvertAll(Grey(truth), p => p >= .5f ? (byte)255 : (byte)0), Grey(predicted), truth.Height,
            truth.Width);
    }

    // by name, so that equal folders give equal rows
    private static SortedDictionary<string, string> Masks(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"{folder}: no such folder; expected one of mask images");
        }
        var masks = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder).Where(ImageFiles.IsImage).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (!masks.TryAdd(name, file))
            {
                throw new DatasetException($"{file}: has the base name of {masks[name]}; a name may have one mask");
            }
        }
        return masks.Count > 0 ? masks : throw new DatasetException($"{folder}: holds no mask images; expected .png, .jpg or .tif files");
    }

    private static void Partners(SortedDictionary<string, string> masks, SortedDictionary<string, string> others, string folder)
    {
        string[] alone = [.. masks.Where(m => !others.ContainsKey(m.Key)).Select(m => m.Value)];
        if (alone.Length > 0)
        {
            throw new DatasetException($"{alone[0]}: {folder} has no mask of this base name"
                + $"{(alone.Length > 1 ? $" (and {alone.Length - 1} more)" : "")}");
        }
    }

    private static float[] Grey(Pixels mask)
    {
        var grey = new float[mask.Width * mask.Height];
        for (var i = 0; i < mask.Planar.Length; i++)
        {
            grey[i % grey.Length] += mask.Planar[i];
        }
        return Array.ConvertAll(grey, v => v / (255f * mask.Channels));
    }
}
