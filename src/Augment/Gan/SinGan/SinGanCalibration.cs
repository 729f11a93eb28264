using System.Diagnostics;
using System.Text.Json;
using Odm.Augment.Generators;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Gan.SinGan;

/// <summary>Times a few steps of each scale in the training's own code.</summary>
internal static class SinGanCalibration
{
    private const int Steps = 3;
    private const int StyleSteps = 3;
    private const double Short = 2; // seconds of a step: larger scales are not run but reckoned from the last one

    // a discriminator update takes a generator's pass and, with the penalty's second derivative, about eleven of its own; a generator's
    // update takes about eight; the coarser scales draw in addition
    private const double DiscriminatorPasses = 12;
    private const double GeneratorPasses = 8;

    /// <summary>Seconds of a step of each scale; zeros where nothing is to be timed.</summary>
    public static IReadOnlyList<double> Of(SinGanGeneratorConfig config, Calibration calibration)
    {
        var shape = SinGanShape.Of(config.Training with { Steps = Steps }, calibration.Train);
        return calibration.Timed ? calibration.Known.Of(JsonSerializer.Serialize(shape.ToJson()), () => Time(shape, calibration))
            : new double[shape.Sides.Count];
    }

    /// <summary>Seconds of an image by the seconds of the steps: its passes among those of a step.</summary>
    public static double Draw(SinGanConfig training, IReadOnlyList<double> steps)
        => steps.Sum() / (training.DiscriminatorSteps * DiscriminatorPasses + training.GeneratorSteps * GeneratorPasses);

    /// <summary>Seconds of the style of an image; 0 where nothing is to be timed.</summary>
    public static double Style(SinGanStyleConfig style, Calibration calibration)
        => calibration.Timed && File.Exists(style.VggWeights)
            ? calibration.Known.Of($"{JsonSerializer.Serialize(style)} {calibration.Train.Width}", () => TimeStyle(style, calibration))
            : 0;

    private static double[] Time(SinGanShape shape, Calibration calibration) => Timings.InFolder(folder =>
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(calibration.Context.Cancel);
        var (clock, times, before) = (Stopwatch.StartNew(), new List<double>(), TorchEngine.PeakResidentBytes);
        var work = new TrainingWork
        {
            Images = calibration.Train,
            Seed = calibration.Seed,
            Folder = folder,
            Context = calibration.Context with { Cancel = enough.Token },
            Stage = "calibrate",
            Features = new(_ => null, (_, _, _, _, _, _) => throw new NotSupportedException()),
        };
        try
        {
            SinGanModels.Train(shape, calibration.Train.Select([0]), Path.Combine(folder, "0"), work, (_, _) => { }, step =>
            {
                times.Add(clock.Elapsed.TotalSeconds);
                if (step > 0 && step % Steps == 0 && times[^1] - times[^2] > Short)
                {
                    enough.Cancel();
                }
            });
            times.Add(clock.Elapsed.TotalSeconds);
        }
        catch (OperationCanceledException) when (!calibration.Context.Cancel.IsCancellationRequested)
        {
        }

        // of a scale the fastest step: libraries wake up in the first, and the last one writes a checkpoint
        var run = (times.Count - 1) / Steps;
        var seconds = Enumerable.Range(0, run).Select(s => Enumerable.Range(s * Steps, Steps).Min(i => times[i + 1] - times[i])).ToList();
        var peak = TorchEngine.PeakResidentBytes;
        for (var s = run; s < shape.Sides.Count; s++)
        {
            seconds.Add(seconds[run - 1] * Products(shape, s) / Products(shape, run - 1));
            calibration.Known.Reach(peak + (long)((peak - before) * Maps(shape, s) / Maps(shape, run - 1)));
        }
        return seconds.ToArray();
    });

    private static double TimeStyle(SinGanStyleConfig style, Calibration calibration)
    {
        using var trial = new SinGanStyle(style with { Steps = StyleSteps }, calibration.Context.Device);
        using var scope = NewDisposeScope();
        var image = calibration.Train.Pixels([0]);
        return Enumerable.Range(0, 2).Min(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            trial.Of(image, image, calibration.Context.Cancel);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }) / StyleSteps * style.Steps;
    }

    // multiplications of a pass but for a factor, and numbers in its maps
    private static double Products(SinGanShape shape, int scale)
        => Maps(shape, scale) * (3 * shape.WidthOf(scale) + 2 * shape.DataChannels);

    private static double Maps(SinGanShape shape, int scale) => (double)shape.Sides[scale] * shape.Sides[scale] * shape.WidthOf(scale);
}
