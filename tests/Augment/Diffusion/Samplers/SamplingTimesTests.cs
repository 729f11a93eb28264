using Odm.Augment.Diffusion.Process;
using Odm.Augment.Diffusion.Samplers;

namespace Odm.Augment.Tests;

public sealed class SamplingTimesTests
{
    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1000, 100)]
    [InlineData(1000, 7)]
    [InlineData(20, 1)]
    public void Sampler_times_fall_from_the_last_to_before_the_first(int schedule, int steps)
    {
        foreach (var spacing in Enum.GetValues<TimeSpacing>())
        {
            var times = SamplingTimes.Of(spacing, NoiseSchedule.Linear(schedule), steps);
            times.Length.ShouldBeLessThanOrEqualTo(steps + 1);
            times[0].ShouldBe(schedule - 1);
            times[^1].ShouldBe(-1);
            times.Zip(times.Skip(1)).ShouldAllBe(pair => pair.First > pair.Second);
        }
        SamplingTimes.Uniform(schedule, steps).Length.ShouldBe(steps + 1);
    }

    [Theory]
    [InlineData("toy_6", 6)]
    [InlineData("toy_60", 60)]
    [InlineData("linear_1", 1)]
    [InlineData("linear_20", 20)]
    [InlineData("linear_300", 300)]
    [InlineData("cosine_20", 20)]
    public void Karras_times_of_a_sampler_agree_with_NumPy(string name, int steps)
    {
        var schedule = name[0] == 't' ? NoiseSchedule.Linear(20, 1e-3, 0.3) : name[0] == 'l' ? NoiseSchedule.Linear() : NoiseSchedule.Cosine();
        SamplingTimes.Karras(schedule, steps).Select(t => (double)t).ShouldBe(Goldens.Json("samplers.json")["karras"]![name].Doubles());
    }

    [Fact]
    public void Karras_levels_of_noise_lie_where_equation_5_puts_them()
    {
        // three steps: the middle one's seventh root is the mean of the others'
        var schedule = NoiseSchedule.Linear();
        var times = SamplingTimes.Karras(schedule, 3);
        times.Length.ShouldBe(4);
        times[2].ShouldBe(0);
        var middle = Math.Pow((Math.Pow(schedule.Sigma(999), 1 / 7.0) + Math.Pow(schedule.Sigma(0), 1 / 7.0)) / 2, 7);
        schedule.Sigma(times[1] - 1).ShouldBeLessThan(middle);
        schedule.Sigma(times[1] + 1).ShouldBeGreaterThan(middle);
    }
}
