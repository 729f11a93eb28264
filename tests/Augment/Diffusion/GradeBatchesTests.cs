using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Process;

namespace Odm.Augment.Tests;

public sealed class GradeBatchesTests
{
    private static readonly int[] Skewed = [.. Enumerable.Range(0, 400).Select(i => i < 292 ? 0 : i < 320 ? 1 : i < 380 ? 2 : i < 390 ? 3 : 4)];
    private static readonly DiffusionConfig Config = new() { Sampling = BatchSampling.Triplets, Batch = 32 };

    private static GradeBatch[] Draw(DiffusionConfig config, int steps = 50, ulong seed = 7, int[]? labels = null)
    {
        var batches = new GradeBatches(labels ?? Skewed, config, seed);
        return [.. Enumerable.Range(0, steps).Select(s => batches.At(s))];
    }

    [Theory]
    [InlineData(BatchSampling.Triplets, TripletKind.Images, 10)]
    [InlineData(BatchSampling.Balanced, TripletKind.Images, 10)]
    [InlineData(BatchSampling.Natural, TripletKind.Part, 2)] // a quarter of 32 slots
    public void Triplets_come_first_and_rise_in_grade(BatchSampling sampling, TripletKind kind, int triplets)
    {
        foreach (var batch in Draw(Config with { Sampling = sampling, Ordinal = new() { Triplets = kind } }))
        {
            batch.Triplets.ShouldBe(triplets);
            batch.Indices.Length.ShouldBe(32);
            batch.Grades.ShouldBe(batch.Indices.Select(i => Skewed[i]));
            for (var k = 0; k < batch.Triplets; k++)
            {
                (batch.Grades[3 * k] < batch.Grades[3 * k + 1] && batch.Grades[3 * k + 1] < batch.Grades[3 * k + 2]).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void By_default_slots_are_independent_and_a_sixteenth_of_them_carries_the_term_under_three_grades()
    {
        var config = new DiffusionConfig();
        (config.Sampling, config.Ordinal.Triplets, config.Ordinal.Slots(32), config.Ordinal.Slots(16)).ShouldBe((BatchSampling.Balanced, TripletKind.Condition, 2, 1));
        Draw(config, 5).ShouldAllBe(b => b.Triplets == 0);
    }

    [Theory]
    [InlineData(BatchSampling.Balanced, TripletKind.Images, 0)]
    [InlineData(BatchSampling.Natural, TripletKind.Images, 0)]
    [InlineData(BatchSampling.Balanced, TripletKind.Condition, 1)]
    public void Without_triplets_every_slot_has_its_own_noise_and_time(BatchSampling sampling, TripletKind kind, double weight)
    {
        foreach (var batch in Draw(Config with { Sampling = sampling, Ordinal = new() { Triplets = kind, Weight = weight } }, 20))
        {
            batch.Triplets.ShouldBe(0);
            batch.NoiseSeeds.Distinct().Count().ShouldBe(32);
            batch.Times.Select(t => t * 32 / 1000).Distinct().Count().ShouldBeGreaterThanOrEqualTo(28);
        }
    }

    [Fact]
    public void Balanced_sampling_shows_every_grade_about_equally()
    {
        var drawn = Draw(Config with { Sampling = BatchSampling.Balanced, Ordinal = new() { Weight = 0 } }, 300);
        Enumerable.Range(0, 5).Select(g => drawn.Average(b => b.Grades.Count(x => x == g) / 32.0)).ShouldAllBe(s => Math.Abs(s - .2) < .02);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Log_normal_noise_levels_have_the_asked_mean_and_deviation(bool stratified)
    {
        var schedule = NoiseSchedule.Linear();
        var config = Config with { Sampling = BatchSampling.Natural, Ordinal = new() { Weight = 0 }, NoiseLevels = new() { Mean = -1.2, Deviation = 1.2 }, StratifiedTimes = stratified };
        double[] levels = [.. Draw(config, 300).SelectMany(b => b.Times).Select(t => schedule.LogSigma((int)t))];
        var mean = levels.Average();
        mean.ShouldBe(-1.2, .05); // 9,600 draws: standard error .012
        Math.Sqrt(levels.Average(l => (l - mean) * (l - mean))).ShouldBe(1.2, .05);
    }

    [Fact]
    public void Triplet_sampling_fills_the_batch_and_shows_every_grade_about_equally()
    {
        var drawn = Draw(Config, 300);
        drawn.ShouldAllBe(b => b.Triplets == 10);
        var shares = Enumerable.Range(0, 5).Select(g => drawn.Average(b => b.Grades.Take(30).Count(x => x == g)) / 30).ToArray();
        shares.ShouldAllBe(s => Math.Abs(s - .2) < .02);
    }

    [Fact]
    public void Natural_sampling_keeps_the_classes_as_skewed_as_they_are() =>
        Draw(Config with { Sampling = BatchSampling.Natural, Ordinal = new() { Weight = 0 } }, 300).Average(b => b.Grades.Count(g => g == 0) / 32.0).ShouldBe(.73, .02);

    [Fact]
    public void The_weight_of_the_ordinal_term_changes_no_batch_noise_or_time()
    {
        var odm = Draw(Config);
        var dm = Draw(Config with { Ordinal = new() { Weight = 0 } });
        foreach (var (a, b) in odm.Zip(dm))
        {
            Same(a.Indices, b.Indices);
            Same(a.Times, b.Times);
            Same(a.NoiseSeeds, b.NoiseSeeds);
            Same(a.Dropped, b.Dropped);
        }
    }

    [Fact]
    public void Each_switch_changes_what_it_names_and_nothing_else()
    {
        var both = Draw(Config)[0];
        var ownNoise = Draw(Config with { Ordinal = new() { Noise = Sharing.Independent } })[0];
        var ownTime = Draw(Config with { Ordinal = new() { Time = Sharing.Independent } })[0];
        Same(ownNoise.Indices, both.Indices);
        Same(ownNoise.Times, both.Times);
        Same(ownTime.NoiseSeeds, both.NoiseSeeds);
        for (var k = 0; k < both.Triplets; k++)
        {
            both.Times[(3 * k)..(3 * k + 3)].Distinct().Count().ShouldBe(1);
            both.NoiseSeeds[(3 * k)..(3 * k + 3)].Distinct().Count().ShouldBe(1);
            ownNoise.NoiseSeeds[(3 * k)..(3 * k + 3)].Distinct().Count().ShouldBe(3);
        }
        both.NoiseSeeds.Distinct().Count().ShouldBe(12); // 10 triplets and 2 more
        ownTime.Times.Distinct().Count().ShouldBeGreaterThan(25);
    }

    [Fact]
    public void Times_cover_the_whole_range_evenly()
    {
        foreach (var batch in Draw(Config with { Ordinal = new() { Time = Sharing.Independent } }))
        {
            batch.Times.Select(t => t * 32 / 1000).Distinct().Count().ShouldBeGreaterThanOrEqualTo(28); // one in each 32nd, up to rounding
        }
        var free = Draw(Config with { StratifiedTimes = false }, 300).SelectMany(b => b.Times).ToArray();
        free.Average().ShouldBe(499.5, 15);
        free.Max().ShouldBe(999);
    }

    [Fact]
    public void Labels_are_dropped_as_often_as_asked_and_such_triplets_are_not_live()
    {
        var drawn = Draw(Config with { LabelDrop = .25 }, 300);
        drawn.Average(b => b.Dropped.Count(d => d) / 32.0).ShouldBe(.25, .02);
        var batch = drawn.First(b => b.Dropped.Take(3).Any(d => d));
        batch.IsLive(0).ShouldBeFalse();
        drawn.First(b => !b.Dropped.Take(3).Any(d => d)).IsLive(0).ShouldBeTrue();
    }

    [Fact]
    public void A_batch_depends_on_seed_and_step_alone()
    {
        Same(Draw(Config)[17].Indices, new GradeBatches(Skewed, Config, 7).At(17).Indices);
        Draw(Config, 1, seed: 8)[0].Indices.SequenceEqual(Draw(Config, 1)[0].Indices).ShouldBeFalse();
    }

    [Fact]
    public void Two_grades_or_unlabelled_images_give_batches_without_triplets()
    {
        Draw(Config, 3, labels: [0, 0, 1, 1, 1]).ShouldAllBe(b => b.Triplets == 0 && b.Indices.Length == 32);
        var unlabelled = Draw(Config, 3, labels: [-1, -1, -1]);
        unlabelled.ShouldAllBe(b => b.Triplets == 0 && b.Dropped.All(d => d));
    }

    private static void Same<T>(T[] a, T[] b) => a.ShouldBe(b);
}
