using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Training;

/// <summary>
/// How well trained diffusion models denoise given images: the attack by a threshold on the loss (Yeom et al. 2018, arXiv 1709.01604; for
/// diffusion Matsumoto et al.
/// 2023, arXiv 2302.03262) takes images with a small loss for training images.
/// </summary>
internal static class MembershipLosses
{
    /// <summary>
    /// Noise levels, as shares of the schedule: where training images stand out most, neither nearly clean nor nearly noise.
    /// </summary>
    private static readonly double[] Levels = [.1, .2, .3, .4];

    /// <summary>Network evaluations an image and model.</summary>
    public static int Evaluations => Levels.Length;

    /// <summary>
    /// Mean squared error of the implied noise over the levels, of each image; of several models the least. All images get the same noise.
    /// </summary>
    /// <param name="folders">Trainings of the models, as <see cref="DiffusionTraining"/> left them.</param>
    /// <param name="images">Images of the models' size, with masks where the models know masks.</param>
    /// <param name="seed">Of the noise.</param>
    /// <param name="context">Device, precision, progress, cancellation.</param>
    /// <param name="stage">Name in the progress.</param>
    /// <exception cref="DatasetException">A checkpoint is missing or damaged.</exception>
    public static double[] Of(IReadOnlyList<string> folders, ImageSet images, ulong seed, RunContext context, string stage)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(context);
        var least = new double[images.Count];
        Array.Fill(least, double.PositiveInfinity);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var k = 0; k < folders.Count; k++)
        {
            using var model = TrainedDiffusion.Open(folders[k], context).Model;
            var size = PartOf(model.Shape.Config);
            for (var at = 0; at < images.Count; at += size)
            {
                context.Cancel.ThrowIfCancellationRequested();
                int[] batch = [.. Enumerable.Range(at, Math.Min(size, images.Count - at))];
                foreach (var (i, loss) in batch.Zip(Losses(model, images, batch, seed, context.Device)))
                {
                    least[i] = Math.Min(least[i], loss);
                }
                var done = k * images.Count + at + batch.Length;
                context.Report(new(stage, done, folders.Count * images.Count,
                    done / Math.Max(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, 1e-3), "images"));
            }
        }
        return least;
    }

    /// <summary>Images at once: nothing is kept for a backward pass, but what the study says of memory holds.</summary>
    internal static int PartOf(DiffusionConfig config)
        => Math.Max(1, config.MicroBatch is > 0 and var part ? part : Math.Max(config.Batch, config.Sampler.Batch));

    private static double[] Losses(DiffusionModel model, ImageSet images, int[] batch, ulong seed, Device device)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var clean = TrainingImages.Clean(images, model.Shape.Config.Masks, batch, device); // [n, C, H, W]
        var y = model.Shape.Classes.Count == 0 ? model.Unlabelled(batch.Length)
            : tensor(Array.ConvertAll(batch, i => images.Rows[i].Label < 0 ? model.NullClass : images.Rows[i].Label), device: device);
        var sum = zeros(batch.Length, device: device);
        for (var level = 0; level < Levels.Length; level++)
        {
            var values = new float[clean.shape[1] * clean.shape[2] * clean.shape[3]];
            Rng.For(seed, "membership noise", level).FillNormal(values);
            var noise = tensor(values, 1, clean.shape[1], clean.shape[2], clean.shape[3], device: device).expand(clean.shape);
            var t = full(batch.Length, Number.Of((long)Math.Round(Levels[level] * (model.Schedule.Steps - 1))), dtype: ScalarType.Int64,
                device: device);
            sum += (model.Eps(model.Schedule.Diffuse(clean, noise, t), t, y) - noise).square().mean([1L, 2, 3]); // [n]
        }
        return Array.ConvertAll((sum / Levels.Length).cpu().data<float>().ToArray(), x => (double)x); // sync point
    }
}
