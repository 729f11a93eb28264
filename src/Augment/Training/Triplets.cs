using Odm.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment;

/// <summary>The implied noises (or clean images, <see cref="OrdinalConfig.On"/>) of a part's triplets.</summary>
/// <param name="P">Lowest grades, [K, C, H, W].</param>
/// <param name="Q">Middle grades.</param>
/// <param name="R">Highest grades.</param>
/// <param name="Grades">int64 [K, 3].</param>
/// <param name="Lambda">λ_t over the number of triplets in the whole batch, float32 [K].</param>
internal sealed record Triplets(Tensor P, Tensor Q, Tensor R, Tensor Grades, Tensor Lambda)
{
    /// <summary>The triplets of a part; null where it has none. The tensors belong to the caller's scope.</summary>
    public static Triplets? Of(DiffusionModel model, Tensor output, Tensor noisy, Tensor t, GradeBatch batch, int first, (int, int)[]? others) =>
        model.Shape.Config.Ordinal.Triplets != TripletKind.Condition
            ? OfImages(model, output, noisy, t, batch, first)
            : OfConditions(model, output, noisy, t, batch, first, others);

    /// <summary>Two further grades for each slot, all three different; null where the term asks for none: other than <see cref="TripletKind.Condition"/>, at weight 0, or under three grades.</summary>
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

    private static Triplets? OfConditions(
        DiffusionModel model, Tensor output, Tensor noisy, Tensor t, GradeBatch batch, int first, (int, int)[]? others)
    {
        var (n, carrying) = ((int)output.shape[0], model.Shape.Config.Ordinal.Slots(batch.Indices.Length));
        var mine = Enumerable.Range(first, n).Where(slot => slot < carrying && !batch.Dropped[slot]).ToArray();
        if (others is null || mine.Length == 0)
        {
            return null;
        }
        // entries 0..m-1 are the slots under their own grade, m..2m-1 under the first other one, 2m..3m-1 under the second
        var m = mine.Length;
        int[] grades = [.. mine.Select(slot => batch.Grades[slot]), .. mine.Select(slot => others[slot].Item1), .. mine.Select(slot => others[slot].Item2)];
        var rows = tensor(Array.ConvertAll(mine, slot => (long)(slot - first)), device: output.device);
        var (x, times) = (noisy.index_select(0, rows), t.index_select(0, rows));
        var more = model.Output(cat([x, x]), cat([times, times]), tensor(Array.ConvertAll(grades[m..], g => (long)g), device: output.device));
        var implied = Implied(model, cat([output.index_select(0, rows), more]), cat([x, x, x]), cat([times, times, times]));
        return Gather(model, implied, [.. Enumerable.Range(0, m).Select(i => new[] { i, i + m, i + 2 * m }.OrderBy(e => grades[e]).ToArray())],
            entry => entry, entry => grades[entry], entry => batch.Times[mine[entry % m]], Enumerable.Range(0, carrying).Count(slot => !batch.Dropped[slot]));
    }

    private static Tensor Implied(DiffusionModel model, Tensor output, Tensor noisy, Tensor t) => model.Shape.Config is var config && config.Ordinal.On == OrdinalQuantity.X0
        ? Prediction.Clean(config.Prediction, model.Schedule, output, noisy, t)
        : Prediction.Eps(config.Prediction, model.Schedule, output, noisy, t);

    private static Triplets Gather(DiffusionModel model, Tensor implied, int[][] triplets, Func<int, int> row, Func<int, int> grade, Func<int, long> time, int count)
    {
        var config = model.Shape.Config;
        Tensor Members(int place) => implied.index_select(0, tensor(Array.ConvertAll(triplets, x => (long)row(x[place])), device: implied.device));
        var grades = tensor(triplets.SelectMany(x => x.Select(i => (long)grade(i))).ToArray(), device: implied.device).reshape(-1, 3);
        var lambda = Array.ConvertAll(triplets, x =>
            (float)(OrdinalLoss.TimeWeight(config.Ordinal.Schedule, Array.ConvertAll(x, i => time(i)), model.Schedule) / count));
        return new(Members(0), Members(1), Members(2), grades, tensor(lambda, device: implied.device));
    }
}
