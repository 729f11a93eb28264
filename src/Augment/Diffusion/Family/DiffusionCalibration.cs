using System.Diagnostics;
using System.Text.Json;
using Odm.Augment.Diffusion.Networks;
using Odm.Augment.Diffusion.Training;
using Odm.Augment.Generators;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Diffusion.Family;

/// <summary>
/// Times a few steps of a diffusion model in its own training code. Large batches of large networks are not run: two small ones give the
/// time of an image and how memory grows with the batch, so that a study for a big machine can be looked at on a small one.
/// </summary>
/// <param name="calibration">Images, seed, engine.</param>
/// <param name="evaluation">Seconds of a network evaluation of one image in sampling, of the training in a folder.</param>
internal sealed class DiffusionCalibration(Calibration calibration, Func<DiffusionConfig, string, Calibration, double> evaluation)
{
    /// <summary>Images of a trial batch: two triplets.</summary>
    public const int SmallBatch = 6;

    /// <summary>Seconds of a step that may be run as it is.</summary>
    public const double Short = 4;

    private const int Wide = 1 << 15; // channels x pixels a side from which on a step may not fit a small machine
    private const int Copies = 6;     // of the weights in training: themselves, gradient, two of Adam, average, checkpoint on its way out

    private readonly ImageSet images = calibration.Train;

    /// <summary>Seconds of a training step, and of a network evaluation of one image in sampling; 0 where nothing is to be timed.</summary>
    public (double Train, double Sample) Of(DiffusionConfig config)
    {
        if (!calibration.Timed)
        {
            return (0, 0);
        }

        // the ordinal term of image triplets costs nothing: it compares what the network has said already
        var alike = config.Ordinal.Triplets == TripletKind.Images ? config with { Ordinal = config.Ordinal with { Weight = 0 } } : config;
        return calibration.Known.Of("diffusion " + JsonSerializer.Serialize(alike with { Steps = 1 }), () => Time(config));
    }

    /// <summary>Number of weights of a model.</summary>
    public static long Weights(DiffusionConfig config, ImageSet images, Precision precision)
    {
        using var model = new DiffusionModel(DiffusionShape.For(config, images.Channels, images.Height, images.Width, images.Classes),
            precision);
        return model.parameters().Sum(p => p.numel());
    }

    private (double Train, double Sample) Time(DiffusionConfig config)
    {
        if (config.Network.ForSize(images.Width) is var network && network.Channels * images.Width / network.Patch >= Wide)
        {
            return Narrower(config, network);
        }

        var batch = Math.Min(config.Batch, SmallBatch);
        if (config.Batch > SmallBatch)
        {
            // for its memory alone
            Timings.InFolder(folder => Train(config with { Batch = SmallBatch / 2, Steps = 1 }, folder));
        }

        var before = TorchEngine.PeakResidentBytes;
        var (train, sample) = Run(config with { Batch = batch });
        if (train * config.Batch / batch < Short)
        {
            return Run(config); // a small network: its full batch, which is worth more than an extrapolation
        }

        calibration.Known.Grow(before, batch - SmallBatch / 2, config.Batch - batch);
        return (train / batch * config.Batch, sample);
    }

    // Images large and network wide: one step may ask for more memory than a small machine has. An eighth and a quarter of the width are
    // run instead: time is a c + b c² in the width c (what is read and written, what is multiplied), weights grow with c², what a step
    // holds of an image with c.
    private (double Train, double Sample) Narrower(DiffusionConfig config, UNetConfig network)
    {
        var (batch, width) = (config.IsConditional ? 3 : 1, network.Channels); // a triplet, or an image
        var small = Of(width / 8);
        var before = TorchEngine.PeakResidentBytes;
        var large = Of(width / 4);
        // by an eighth of the width and a batch
        var held = Math.Max(0, TorchEngine.PeakResidentBytes - before - 4L * Copies * (large.Weights - small.Weights));
        var together = config.MicroBatch > 0 ? Math.Min(config.MicroBatch, config.Batch) : config.Batch;
        calibration.Known.Reach(before + 4L * Copies * large.Weights * 16 + held * 8 * together / batch);
        return (Wider(small.Train, large.Train) * config.Batch, Wider(small.Sample, large.Sample));

        (double Train, double Sample, long Weights) Of(int channels)
        {
            var narrow = config with
            {
                Preset = null,
                Batch = batch,
                Network = network with { Channels = channels, Heads = 1, HeadChannels = null, Groups = null },
            };
            var (train, sample) = Run(narrow);
            return (train / batch, sample, Weights(narrow, images, calibration.Context.Precision));
        }

        // through the times at c/8 and c/4
        static double Wider(double eighth, double quarter)
        {
            var squared = Math.Max(0, (quarter - 2 * eighth) / 2); // in units of (c/8)²
            return 8 * Math.Max(0, eighth - squared) + 64 * squared;
        }
    }

    private (double Train, double Sample) Run(DiffusionConfig config) => Timings.InFolder(folder =>
    {
        var times = Train(config with { Steps = 3 }, folder);
        return (times.Zip(times.Skip(1), (a, b) => b - a).Min(), evaluation(config, folder, calibration));
    });

    // when each step began
    private List<double> Train(DiffusionConfig config, string folder)
    {
        var (clock, times) = (Stopwatch.StartNew(), new List<double>());
        DiffusionTraining.Train(config, images, calibration.Seed, folder, calibration.Context, "calibrate",
            _ => times.Add(clock.Elapsed.TotalSeconds));
        return times;
    }
}
