using Odm.Engine.Optimization;

namespace Odm.Engine.Tests.Training;

public class LearningRatesTests
{
    [Fact]
    public void Milestones_agree_with_MultiStepLR() =>
        Compare("multi_step", step => LearningRates.MultiStep(.1, [3, 7], .2, step));

    [Fact]
    public void The_cosine_agrees_with_CosineAnnealingLR() => Compare("cosine", step => LearningRates.Cosine(.1, .01, 9, step));

    [Fact]
    public void The_cosine_stays_at_its_minimum() => LearningRates.Cosine(.1, .01, 9, 500).ShouldBe(.01, 1e-15);

    [Fact]
    public void The_warm_up_rises_in_equal_steps_to_one()
    {
        Enumerable.Range(0, 5).Select(step => LearningRates.WarmUp(4, step)).ShouldBe([.25, .5, .75, 1, 1]);
        LearningRates.WarmUp(0, 0).ShouldBe(1);
        LearningRates.Constant(.3, 7).ShouldBe(.3);
    }

    private static void Compare(string name, Func<long, double> rate)
    {
        var expected = TrainingGolden.Root.GetProperty(name).EnumerateArray().Select(v => v.GetDouble()).ToArray();
        for (var step = 0; step < expected.Length; step++)
        {
            rate(step).ShouldBe(expected[step], 1e-12);
        }
    }
}
