using System.Globalization;
using Odm.Augment.Diffusion.Process;

namespace Odm.Augment.Diffusion;

/// <summary>
/// Whether a diffusion training can be expected to give images at all: rules of thumb from measurements, which warn and forbid nothing.
/// </summary>
internal static class Budget
{
    /// <summary>
    /// Training images seen (steps x batch) below which a generator of whole images probably draws noise. Measured on drawn eyes of 32 px
    /// with a network of 32 channels, patch 2, x_0-prediction, batches of 32, by <c>image_precision</c>: 24,000 images seen 0 (in triplets;
    /// docs/studies/quickstart.md, where real images among themselves reach .85); with images drawn one by one 32,000 .38, faint structure,
    /// and 96,000 .71, good images. Larger images, wider networks and the prediction of ε or v want more, so staying above promises
    /// nothing. Muon, which learns in fewer steps, is held to <see cref="LeastImagesOfMuon"/>.
    /// </summary>
    public const long LeastImages = 30_000;

    /// <summary>
    /// The same with Muon. Measured as above with 16 channels, patch 1 and the noise levels of configs/quickstart.yaml: 12,000 images seen
    /// give a precision of .73 to .78 (docs/studies/quickstart.md); where below it noise begins has not been measured.
    /// </summary>
    public const long LeastImagesOfMuon = 10_000;

    /// <summary>
    /// Channels per value of a folded patch below which a network that predicts ε or v is taken for too narrow. ε and v hold the patch's
    /// noise, patch² x image channels independent values, and the network's full-resolution maps have to carry all of it beside the image;
    /// x_0 holds no noise. Measured as above: 32 channels for 12 values (2.7) still draw noise after 3,000 steps of v (precision 0), while
    /// x_0 draws images. Ho et al.'s 128 channels for 3 values (43) are known to do; where between the two the limit lies has not been
    /// measured.
    /// </summary>
    public const int ChannelsPerValue = 4;

    /// <summary>What makes noise likely, each with the field and a way out; empty where nothing does.</summary>
    /// <param name="config">The generator's settings; a mask that it generates counts as a channel.</param>
    /// <param name="path">Its name in the study file, e.g. <c>generators.odm</c>.</param>
    /// <param name="channels">Channels of the images, 1 or 3.</param>
    /// <param name="whole">Whether it draws whole images. One that paints into real images is not held to <see cref="LeastImages"/>: with
    /// 8,000 images seen it reached a precision of .81 on drawn eyes of 64 px, by the features of the study's own network
    /// (docs/studies/quickstart-masks.md).</param>
    public static IEnumerable<string> Warnings(DiffusionConfig config, string path, int channels, bool whole = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        var seen = config.Steps * (double)config.Batch; // cannot overflow
        var least = config.Optimizer == UpdateRule.Muon ? LeastImagesOfMuon : LeastImages;
        if (whole && seen < least)
        {
            var enough = (least + config.Batch - 1) / config.Batch;
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.steps is {config.Steps}, so it sees {seen:#,0} images "
                + $"(steps x batch); below {least:#,0} images are likely to be noise: take {enough} steps or more, three times as many "
                + $"for good images");
        }

        var network = config.Network;
        var values = network.Patch * network.Patch * (channels + (config.Masks ? 1 : 0));
        if (config.Prediction != PredictionKind.X0 && network.Patch > 1 && network.Channels < ChannelsPerValue * values)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.prediction is {Name(config.Prediction)}, whose noise of "
                + $"{values} values a patch of {network.Patch} x {network.Patch} pixels hardly passes through {path}.network.channels: "
                + $"{network.Channels}: predict x0, or take patch 1, or {ChannelsPerValue * values} channels or more");
        }
    }

    private static string Name(PredictionKind kind) => kind.ToString().ToLowerInvariant();
}
