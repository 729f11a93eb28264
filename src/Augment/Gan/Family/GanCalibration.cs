using System.Diagnostics;
using System.Text.Json;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;

namespace Odm.Augment.Gan.Family;

/// <summary>Times a few steps of a GAN in its own training code.</summary>
internal static class GanCalibration
{
    private const int SmallBatch = 4;
    private const double Short = 4; // seconds of a step that may be run as it is

    /// <summary>Seconds of a training step and of an image; 0 where nothing is to be timed.</summary>
    public static (double Train, double Draw) Of(GanGeneratorConfig config, Calibration calibration)
    {
        if (!calibration.Timed)
        {
            return (0, 0);
        }
        var shape = config.ShapeFor(calibration.Train, calibration.Visible);
        var key = JsonSerializer.Serialize((shape with { Training = shape.Training with { Steps = 1 } }).ToJson());
        return calibration.Known.Of(key, () => Time(config, calibration));
    }

    private static (double Train, double Draw) Time(GanGeneratorConfig config, Calibration calibration)
    {
        var batch = config.Training.Batch;
        var before = TorchEngine.PeakResidentBytes;
        var small = Run(config, Math.Min(batch, SmallBatch), calibration);
        if (batch <= SmallBatch || small.Train * batch / SmallBatch < Short)
        {
            return Run(config, batch, calibration);
        }
        var together = config.Training.MicroBatch > 0 ? config.Training.MicroBatch : batch;
        calibration.Known.Grow(before, SmallBatch, together - SmallBatch);
        return (small.Train / SmallBatch * batch, small.Draw);
    }

    private static (double Train, double Draw) Run(GanGeneratorConfig config, int batch, Calibration calibration)
        => Timings.InFolder(folder =>
        {
            const int Steps = 4;
            var (clock, times) = (Stopwatch.StartNew(), new List<double>());
            var trial = config with
            {
                Classes = config.Classes == ClassHandling.Separate ? ClassHandling.Conditional : config.Classes,
                Training = config.Training with { Batch = batch, MicroBatch = 0, Steps = Steps, SheetEvery = 0 },
            };
            GanModels.Train(trial, new(folder, calibration.Train, -1), new()
            {
                Images = calibration.Train,
                Seed = calibration.Seed,
                Folder = folder,
                Context = calibration.Context,
                Stage = "calibrate",
                Features = new(_ => null, (_, _, _, _, _, _) => throw new NotSupportedException()),
            }, _ => times.Add(clock.Elapsed.TotalSeconds));
            // the penalties come at a step in several: the mean of all but the first, in which libraries wake up
            var train = (clock.Elapsed.TotalSeconds - times[1]) / (Steps - 1);
            using var generator = new GanGenerator([GanGenerator.Open(folder, -1, trial.Build, calibration.Context)],
                calibration.Train.Classes, trial.Drawing, calibration.Context);
            var pixels = new byte[batch * (generator.Channels + (generator.Masks ? 1 : 0)) * generator.Height * generator.Width];
            var requests = Enumerable.Range(0, batch).Select(i => new SampleRequest("", 0, (ulong)i)).ToArray();
            var draw = Enumerable.Range(0, 2).Select(_ =>
            {
                var began = Stopwatch.GetTimestamp();
                generator.Sample(requests, pixels, calibration.Context.Cancel);
                return Stopwatch.GetElapsedTime(began).TotalSeconds;
            }).Min() / batch;
            return (train, draw);
        });
}
