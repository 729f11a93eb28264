using Odm.Augment.Diffusion.Process;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Training;

/// <summary>The implied noises (or clean images, <see cref="OrdinalConfig.On"/>) of a part's triplets.</summary>
/// <param name="P">Lowest grades, [K, C, H, W].</param>
/// <param name="Q">Middle grades.</param>
/// <param name="R">Highest grades.</param>
/// <param name="Grades">int64 [K, 3].</param>
/// <param name="Lambda">λ_t over the number of triplets in the whole batch, float32 [K].</param>
internal sealed record Triplets(Tensor P, Tensor Q, Tensor R, Tensor Grades, Tensor Lambda)
{
    /// <summary>The triplets of a part; null where it has none. The tensors belong to the caller's scope.</summary>
    /// <param name="model">The network.</param>
    /// <param name="output">What it said of the part's images, [n, C, H, W], and after them of those under <paramref name="further"/>
    /// grades, [n + 2m, C, H, W].</param>
    /// <param name="noisy">The part's noised images, [n, C, H, W].</param>
    /// <param name="t">Their times, [n].</param>
    /// <param name="batch">The whole batch.</param>
    /// <param name="first">Slot at which the part begins.</param>
    /// <param name="further">With <see cref="TripletKind.Condition"/>: the slots that were asked under further grades; null where there are
    /// none.</param>
    public static Triplets? Of(DiffusionModel model, Tensor output, Tensor noisy, Tensor t, GradeBatch batch, int first,
        FurtherConditions? further) =>
        model.Shape.Config.Ordinal.Triplets != TripletKind.Condition ? OfImages(model, output, noisy, t, batch, first)
            : further is null ? null : OfConditions(model, output, noisy, t, batch, first, further);

    /// <summary>
    /// Two further grades for each slot, all three different; null where the term asks for none: other than
    /// <see cref="TripletKind.Condition"/>, at weight 0, or under three grades.
    /// </summary>
    public static (int, int)[]? OtherGrades(DiffusionConfig config, GradeBatch batch, int classes, ulong seed, long step)
    {
        if (config.Ordinal.Triplets != TripletKind.Condition || config.Ordinal.Weight == 0 || classes < 3)
        {
            return null;
        }
        var rng = Rng.For(seed, "other grades", step);
        return Array.ConvertAll(batch.Grades, own =>
        {
            var rest = rng.Permutation(classes).Where(g => g != own).ToArray();
            return (rest[0], rest[1]);
        });
    }

    private static Triplets? OfImages(DiffusionModel model, Tensor output, Tensor noisy, Tensor t, GradeBatch batch, int first)
    {
        var end = first + (int)output.shape[0];
        var live = Enumerable.Range(0, batch.Triplets).Where(batch.IsLive).ToArray();
        var mine = live.Where(k => 3 * k >= first && 3 * k + 2 < end).ToArray();
        if (mine.Length == 0)
        {
            return null;
        }
        return Gather(model, Implied(model, output, noisy, t), [.. mine.Select(k => new[] { 3 * k, 3 * k + 1, 3 * k + 2 })],
            slot => slot - first, slot => batch.Grades[slot], slot => batch.Times[slot], live.Length);
    }

    private static Triplets OfConditions(DiffusionModel model, Tensor output, Tensor noisy, Tensor t, GradeBatch batch, int first,
        FurtherConditions further)
    {
        // entries 0..m-1 are the slots under their own grade, m..2m-1 under the first other one, 2m..3m-1 under the second
        var (n, m) = (noisy.shape[0], further.Slots.Length);
        int[] grades = [.. further.Slots.Select(slot => batch.Grades[slot]), .. further.Grades];
        var rows = tensor(Array.ConvertAll(further.Slots, slot => (long)(slot - first)), device: output.device);
        var (x, times) = (noisy.index_select(0, rows), t.index_select(0, rows));
        var said = cat([output.index_select(0, rows), output.narrow(0, n, 2 * m)]);
        var implied = Implied(model, said, cat([x, x, x]), cat([times, times, times]));
        return Gather(model, implied, [.. Enumerable.Range(0, m)
            .Select(i => new[] { i, i + m, i + 2 * m }.OrderBy(e => grades[e]).ToArray())],
            entry => entry, entry => grades[entry], entry => batch.Times[further.Slots[entry % m]], further.OfBatch);
    }

    private static Tensor Implied(DiffusionModel model, Tensor output, Tensor noisy, Tensor t)
    {
        var config = model.Shape.Config;
        return config.Ordinal.On == OrdinalQuantity.X0 ? Parameterization.Clean(config.Prediction, model.Schedule, output, noisy, t)
            : Parameterization.Eps(config.Prediction, model.Schedule, output, noisy, t);
    }

    private static Triplets Gather(DiffusionModel model, Tensor implied, int[][] triplets, Func<int, int> row, Func<int, int> grade,
        Func<int, long> time, int count)
    {
        var config = model.Shape.Config;
        Tensor Members(int place) => implied.index_select(0,
            tensor(Array.ConvertAll(triplets, x => (long)row(x[place])), device: implied.device));
        var grades = tensor(triplets.SelectMany(x => x.Select(i => (long)grade(i))).ToArray(), device: implied.device).reshape(-1, 3);
        var lambda = Array.ConvertAll(triplets, x =>
            (float)(OrdinalLoss.TimeWeight(config.Ordinal.Schedule, Array.ConvertAll(x, i => time(i)), model.Schedule) / count));
        return new(Members(0), Members(1), Members(2), grades, tensor(lambda, device: implied.device));
    }
}
