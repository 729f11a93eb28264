using Odm.Data.Images;
using Odm.Data.Import;
using Odm.Engine.Runtime;

namespace Odm.Classify.Metrics;

/// <summary>What <c>odm score masks</c> computes.</summary>
public static class ScoreMasks
{
    /// <summary>
    /// The scores of a folder of predicted masks against a folder of true ones. Files belong together by their places below the folders,
    /// whatever the extension. What counts as a mask <see cref="MaskReader"/> says, as for an import; in predictions grey over white is
    /// the probability, and a pixel is in the mask from .5 on, in the truth as in the prediction. Each image is a group of its own.
    /// </summary>
    /// <param name="truthFolder">True masks.</param>
    /// <param name="predictedFolder">Predicted masks or probabilities.</param>
    /// <param name="bootstrap">Replicates, level, kind, seed of the intervals.</param>
    /// <param name="empty">What an image counts in which neither mask has a pixel.</param>
    /// <param name="truthValues">Stored values that are the mask, where the true ones are maps of labels.</param>
    /// <param name="predictedValues">The same of the predicted ones.</param>
    /// <param name="warn">Receives a line for a folder that holds files of other formats, which are not scored.</param>
    /// <param name="cancel">Looked at before each image.</param>
    /// <exception cref="DatasetException">A folder is missing or empty, a mask has no partner or one of another size, a file is no mask or
    /// cannot be read; one line.</exception>
    public static IReadOnlyList<Fact> Run(string truthFolder, string predictedFolder, BootstrapConfig? bootstrap = null,
        EmptyMask empty = EmptyMask.One, IReadOnlyList<int>? truthValues = null, IReadOnlyList<int>? predictedValues = null,
        Action<string>? warn = null, CancellationToken cancel = default)
    {
        var (truth, predicted) = (Masks(truthFolder, warn), Masks(predictedFolder, warn));
        var pairs = new MaskPairs(predicted, predictedFolder);
        _ = new MaskPairs(truth, truthFolder); // a name may have one true mask too
        var partners = pairs.Of(truth);
        if (pairs.Spare is [var spare, ..])
        {
            throw new DatasetException($"{spare.File}: no mask of that name in {truthFolder}{UserException.Others(pairs.Spare.Count)}");
        }
        var (truths, predictions) = (new MaskReader(truthValues, advice: "--truth-values"),
            new MaskReader(predictedValues, advice: "--predicted-values"));
        predictions.Survey(partners.Select(p => p.File), cancel);
        MaskScores[] rows = [.. truth.Zip(partners, (t, p) =>
        {
            cancel.ThrowIfCancellationRequested();
            var mask = truths.Read(t.File);
            return Compare(t.Name, mask, t.File, predictions.ReadProbabilities(p.File, mask), p.File);
        })];
        truths.CheckForms();
        predictions.CheckForms();
        return SegmentationMetrics.Score(new MaskPredictions(rows), bootstrap, empty);
    }

    private static MaskScores Compare(string id, Pixels truth, string truthFile, (int Width, int Height, float[] Probabilities) predicted,
        string predictedFile) => (truth.Width, truth.Height) == (predicted.Width, predicted.Height)
            ? MaskScores.Of(id, id, truth.Planar, predicted.Probabilities, truth.Height, truth.Width)
            : throw new DatasetException($"{predictedFile}: {predicted.Width}x{predicted.Height} pixels where {truthFile} has "
                + $"{truth.Width}x{truth.Height}; all must have one size");

    // by place, so that equal folders give equal rows
    private static IReadOnlyList<PlacedFile> Masks(string folder, Action<string>? warn)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"{folder}: no such folder; expected one of mask images");
        }
        var masks = ImageTree.Files(folder, out var left);
        foreach (var other in left.Where(l => l.Kind is LeftOutKind.OtherFiles or LeftOutKind.Links))
        {
            warn?.Invoke($"! {folder}: left out: {other}");
        }
        return masks.Count > 0 ? masks : throw new DatasetException($"{folder}: holds no mask images; expected .png, .jpg or .tif files");
    }
}
