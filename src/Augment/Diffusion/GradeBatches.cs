using MathNet.Numerics.Distributions;
using Odm.Augment.Diffusion.Process;
using Odm.Engine.Runtime;

namespace Odm.Augment.Diffusion;

/// <summary>What one training step sees. The first 3 × <see cref="Triplets"/> slots are triplets of rising grade.</summary>
/// <param name="Indices">Image of each slot.</param>
/// <param name="Grades">Grade of each slot; -1 where the image has none.</param>
/// <param name="Dropped">Slots trained without their label; unlabelled images always are.</param>
/// <param name="Times">Time of each slot, 0..T-1.</param>
/// <param name="NoiseSeeds">Seed of each slot's noise; equal where it is shared.</param>
/// <param name="Flipped">Slots to mirror left to right.</param>
/// <param name="Triplets">Number of triplets.</param>
internal sealed record GradeBatch(
    int[] Indices, int[] Grades, bool[] Dropped, long[] Times, ulong[] NoiseSeeds, bool[] Flipped, int Triplets)
{
    /// <summary>Whether no member of the k-th triplet has lost its label.</summary>
    public bool IsLive(int k) => !Dropped[3 * k] && !Dropped[3 * k + 1] && !Dropped[3 * k + 2];
}

/// <summary>
/// Draws batches, times and noises for a step from the seed and the step alone. Each comes from its own stream, so that a
/// switch changes what it names and nothing else; the weight of the ordinal term touches none of them.
/// </summary>
internal sealed class GradeBatches
{
    private readonly DiffusionConfig config;
    private readonly ulong seed;
    private readonly int count;
    private readonly IReadOnlyList<int> labels;
    private readonly int[][] byGrade;           // the images of each grade that has any, by rising grade
    private readonly NoiseSchedule schedule;
    private readonly (int, int, int)[] choices; // three places in byGrade, rising

    /// <summary>Batches from images with these grades (-1: none).</summary>
    public GradeBatches(IReadOnlyList<int> labels, DiffusionConfig config, ulong seed)
    {
        (this.labels, this.config, this.seed, count, schedule) = (labels, config, seed, labels.Count, NoiseSchedule.From(config.Schedule));
        byGrade = [.. Enumerable.Range(0, count).Where(i => labels[i] >= 0).GroupBy(i => labels[i]).OrderBy(g => g.Key)
            .Select(g => g.ToArray())];
        var grades = Enumerable.Range(0, byGrade.Length).ToArray();
        choices = [.. from p in grades from q in grades from r in grades where p < q && q < r select (p, q, r)];
    }

    /// <summary>The batch of a step, counted from 0.</summary>
    public GradeBatch At(long step)
    {
        var (indices, triplets) = Images(Rng.For(seed, "batch", step));
        var grades = Array.ConvertAll(indices, i => labels[i]);
        var drop = Rng.For(seed, "label drop", step);
        var dropped = Array.ConvertAll(grades, g => drop.NextBool(config.LabelDrop) | g < 0);
        var flip = Rng.For(seed, "flip", step);
        var flipped = Array.ConvertAll(indices, _ => config.HorizontalFlip && flip.NextBool(0.5));
        return new(indices, grades, dropped, Times(Rng.For(seed, "time", step), triplets), NoiseSeeds(step, triplets), flipped, triplets);
    }

    private (int[] Indices, int Triplets) Images(Rng rng)
    {
        var inTriplets = config.Sampling == BatchSampling.Triplets ? config.Batch : config.Ordinal.Triplets == TripletKind.Condition ? 0
            : config.Ordinal.Slots(config.Batch);
        var triplets = choices.Length == 0 ? 0 : inTriplets / 3;
        var indices = new List<int>(config.Batch);
        for (var k = 0; k < triplets; k++)
        {
            var (p, q, r) = choices[rng.NextInt(choices.Length)];
            indices.AddRange([Of(p), Of(q), Of(r)]);
        }
        while (indices.Count < config.Batch)
        {
            indices.Add(One(rng));
        }
        return ([.. indices], triplets);

        int Of(int grade) => byGrade[grade][rng.NextInt(byGrade[grade].Length)];
    }

    private int One(Rng rng)
    {
        if (config.Sampling != BatchSampling.Balanced || byGrade.Length == 0)
        {
            return rng.NextInt(count);
        }
        var images = byGrade[rng.NextInt(byGrade.Length)];
        return images[rng.NextInt(images.Length)];
    }

    private long[] Times(Rng rng, int triplets)
    {
        var shared = config.Ordinal.Time == Sharing.Shared;
        var groups = shared ? config.Batch - 2 * triplets : config.Batch;
        var total = config.Schedule.Steps;
        var drawn = Array.ConvertAll(rng.Permutation(groups), place =>
        {
            if (!config.StratifiedTimes && config.NoiseLevels is null)
            {
                return rng.NextInt(total);
            }
            var share = config.StratifiedTimes ? (place + rng.NextDouble()) / groups : rng.NextDouble();
            return config.NoiseLevels is { } levels ? schedule.Nearest(Normal.InvCDF(levels.Mean, levels.Deviation, share))
                : Math.Min(total - 1, (long)(share * total));
        });
        return [.. Enumerable.Range(0, config.Batch).Select(slot => drawn[Group(slot, triplets, shared)])];
    }

    private ulong[] NoiseSeeds(long step, int triplets)
    {
        var shared = config.Ordinal.Noise == Sharing.Shared;
        return [.. Enumerable.Range(0, config.Batch)
            .Select(slot => Rng.Seed(Rng.Seed(seed, "noise", step), "slot", Group(slot, triplets, shared)))];
    }

    private static int Group(int slot, int triplets, bool shared) =>
        !shared ? slot : slot < 3 * triplets ? slot / 3 : slot - 2 * triplets;
}
