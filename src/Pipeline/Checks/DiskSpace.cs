using System.Globalization;
using Odm.Engine.Runtime;
using Odm.Pipeline.Planning;
using Odm.Pipeline.Preparing;

namespace Odm.Pipeline.Checks;

/// <summary>
/// Looks before the first step whether the disk can hold what a study leaves, which is better than to fail after an hour.
/// </summary>
internal static class DiskSpace
{
    /// <summary>Refuses a run that its disk cannot hold.</summary>
    /// <param name="plan">The study's stages; finished ones need nothing more.</param>
    /// <param name="prepared">The real images.</param>
    /// <exception cref="StudyException">Less is free than the stages need.</exception>
    public static void Check(StudyPlan plan, Prepared prepared)
    {
        var (need, free) = (Need(plan, prepared), Free(plan.Sources.Folder));
        if (free < need)
        {
            throw new StudyException(string.Create(CultureInfo.InvariantCulture,
                $"--out {plan.Sources.Folder}: {free / 1e6:0.0} MB are free on this disk, the study needs {need / 1e6:0.0} MB; make room "
                + $"or give another folder"));
        }
    }

    /// <summary>
    /// Bytes that the unfinished stages leave (images, weights, averages, Adam's two moments, the best weights of each fit) and
    /// what the largest of them holds beside while it works: a second checkpoint, and the one that is being written; or the parts of a set.
    /// </summary>
    public static long Need(StudyPlan plan, Prepared prepared)
    {
        var all = prepared.All;
        long image = all.Channels * all.Height * all.Width;
        var sets = plan.Sets.Concat(plan.OnlyMeasured).Where(s => !s.Synthesize.Finished).Select(s => s.Counts.Sum() * image).ToList();
        var images = (plan.Sources.Prepare.Finished ? 0 : all.Count * (image + (all.HasMasks ? all.Height * all.Width : 0)))
            + sets.Sum()
            + plan.Fits.Where(f => f.Online is not null && !f.Fit.Finished).Sum(f => 2 * f.Arm.Online!.Images * image); // and their parts
        var generators = plan.Generators.Where(g => !g.Train.Finished).Select(g => 4 * 4 * g.Config.Weights(all)).ToList();
        var best = plan.Downstream.WeightBytes;
        var fits = plan.Fits.Count(f => !f.Fit.Finished);
        long[] working = [2 * generators.DefaultIfEmpty(0).Max(), fits == 0 ? 0 : 2 * 3 * best, // weights and two moments, twice
            sets.DefaultIfEmpty(0).Max()]; // the parts of a set until it is whole
        return images + generators.Sum() + fits * best + working.Max();
    }

    private static long Free(string folder)
    {
        var place = Path.GetFullPath(folder);
        while (!Directory.Exists(place))
        {
            place = Path.GetDirectoryName(place)!;
        }

        return new DriveInfo(place).AvailableFreeSpace;
    }
}
