using System.Globalization;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Augment.Generators;

/// <summary>What a generator would cost; seconds are 0 where nothing was timed.</summary>
public sealed record GeneratorCost
{
    /// <summary>The training in words, e.g. <c>1,500 steps of 32</c>.</summary>
    public required string Work { get; init; }

    /// <summary>Images that pass the network in training.</summary>
    public long Evaluations { get; init; }

    /// <summary>Seconds of the training.</summary>
    public double Seconds { get; init; }

    /// <summary>Network evaluations per synthetic image.</summary>
    public long EvaluationsPerImage { get; init; }

    /// <summary>Gradients of a classifier per synthetic image where one guides; 0 where none can.</summary>
    public long GradientsPerImage { get; init; }

    /// <summary>Seconds per synthetic image.</summary>
    public double SecondsPerImage { get; init; }

    /// <summary>Network evaluations per image of the second pass.</summary>
    public long FinishingEvaluationsPerImage { get; init; }

    /// <summary>Seconds per image of the second pass.</summary>
    public double FinishingSecondsPerImage { get; init; }

    /// <summary>Text in the invariant culture.</summary>
    public static string Words(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a calibration works on; one for all generators of a study, so that equal networks are timed once.</summary>
public sealed record Calibration
{
    /// <summary>The training images.</summary>
    public required ImageSet Train { get; init; }

    /// <summary>Number of them that this generator sees.</summary>
    public required int Visible { get; init; }

    /// <summary>Seed of the trial steps.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Whether seconds are wanted; otherwise only counts.</summary>
    public required bool Timed { get; init; }

    /// <summary>Device, precision, cancellation; without progress.</summary>
    public required RunContext Context { get; init; }

    /// <summary>What was timed before, by the settings that decide it.</summary>
    public required Timings Known { get; init; }
}

/// <summary>What trial steps have shown so far.</summary>
public sealed class Timings
{
    private readonly Dictionary<string, object> known = new(StringComparer.Ordinal);

    /// <summary>Resident memory of the largest network at full size, bytes, where it was not run at that size.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>What was timed under a key, or what timing it gives.</summary>
    public T Of<T>(string key, Func<T> time)
        where T : notnull
    {
        if (!known.TryGetValue(key, out var found))
        {
            known[key] = found = time();
        }

        return (T)found;
    }

    /// <summary>Notes an estimate of resident memory.</summary>
    public void Reach(long bytes) => PeakBytes = Math.Max(PeakBytes, bytes);

    /// <summary>
    /// Notes the memory of a larger batch than the one that was run: memory grows linearly with the batch.
    /// </summary>
    /// <param name="before">Peak before <paramref name="by"/> images more were run, bytes.</param>
    /// <param name="by">Images.</param>
    /// <param name="further">Images beyond those.</param>
    public void Grow(long before, int by, int further)
    {
        var now = TorchEngine.PeakResidentBytes;
        Reach(now + (by > 0 && further > 0 ? (now - before) / by * further : 0));
    }

    /// <summary>Work in a temporary folder.</summary>
    public static T InFolder<T>(Func<string, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var folder = Directory.CreateTempSubdirectory("odm-calibrate-").FullName;
        try
        {
            return work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
