using Odm.Augment.Plans;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Pipeline.Online;

/// <summary>
/// What the published code of Li et al. 2024 (ustlsh/IOIS_imbalance, f65aab0) does otherwise than the paper or than is right:
/// <c>paper_code: true</c>.
/// </summary>
internal static class PaperCode
{
    /// <summary>Each of them in a sentence, for the report.</summary>
    public static IReadOnlyList<string> Defects { get; } =
    [
        "Images are made before every epoch from the first on, by a classifier that has learned nothing (the accuracy of each class "
            + "counts as .5 there).",
        "The classifier is asked about noisy images, in [-1, 1] and at the generator's size, though it has learned on clean ones of its "
            + "own normalisation and size.",
        "Numbers of images are rounded down, so that there are fewer than asked for.",
        "The last batch of a synthesis is left out where it is not full.",
        "Numbers of images have no temperature, so that no class gets more than e times another's.",
        "\"Training accuracies\" are of the predictions of the validation images and the training images together. (In the code the former "
            + "are its test images; here the study's validation side takes their place, and test images never enter.)",
        "Validation images are transformed as training images are.",
        "The last batch of validation images is left out where it is not full.",
        "Synthetic images are normalised by mean and deviation over 256 instead of 255.",
        "The weights are chosen by plain accuracy. (In the code on its test images, which choose nothing here.)",
    ];

    /// <summary>Those of an arm: two are of numbers by accuracy (<c>aas</c>).</summary>
    public static IEnumerable<string> DefectsOf(bool adaptive) => Defects.Where((_, i) => adaptive || i is not (4 or 5));

    /// <summary>What the code has and this program cannot have: not reproduced.</summary>
    public const string NotReproduced = "Not reproduced: seven classes and paths written into the code, a missing package, and the choice "
        + "of the weights on test images.";

    /// <summary>The accuracies that it starts from: .5 each.</summary>
    public static double[] BeforeTraining(int classes) => [.. Enumerable.Repeat(.5, classes)];

    /// <summary>⌊K softmax(1 - acc)⌋ of each class, of which the batches in the order of the classes are made that are full.</summary>
    public static int[] Counts(int images, double[] accuracies, int batch)
    {
        var counts = AccuracyAdaptive.FlooredCounts(images, accuracies);
        var left = counts.Sum() / batch * batch;
        for (var c = 0; c < counts.Length; c++)
        {
            counts[c] = Math.Min(counts[c], left);
            left -= counts[c];
        }

        return counts;
    }

    /// <summary>
    /// The normalisation of synthetic images: means .7635, .5461, .5705 and deviations .0896, .1183, .1330 beside real ones of 195.461,
    /// 139.809, 146.056 and 22.945, 30.287, 34.036 of 255, which is these over 256.
    /// </summary>
    public static Normalisation OfSynthetic(Normalisation real)
        => real with { Mean = [.. real.Mean.Select(m => m * 255 / 256)], Std = [.. real.Std.Select(s => s * 255 / 256)] };

    /// <summary>The validation images transformed as training images, the full batches of them; all where there is none.</summary>
    public static ImageSet Validation(ImageSet val, int batch, ImageTransform? transform, ulong seed)
    {
        var count = Math.Max(val.Count / batch * batch, Math.Min(val.Count, batch));
        if (transform is null)
        {
            return val.Select([.. Enumerable.Range(0, count)]);
        }

        var images = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            var image = tensor(val.Image(i).ToArray(), dtype: ScalarType.Float32).div(Number.Of(255))
                .reshape(val.Channels, val.Height, val.Width);
            var changed = transform(image, null, Rng.For(seed, "image", i)).Image;
            var levels = changed.clamp(Number.Of(0), Number.Of(1)).mul(Number.Of(255)).round().to(ScalarType.Byte);
            images[i] = levels.contiguous().bytes.ToArray();
        }

        return ImageSet.FromImages(images, val.Channels, val.Height, val.Width,
            [.. val.Rows.Take(count).Select(r => r with { Sha256 = "" })], val.Classes);
    }
}
