using Odm.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment;

/// <summary>The predicted noises of a part's triplets.</summary>
/// <param name="P">Lowest grades, [K, C, H, W].</param>
/// <param name="Q">Middle grades.</param>
/// <param name="R">Highest grades.</param>
/// <param name="Grades">int64 [K, 3].</param>
/// <param name="Lambda">λ_t over the number of triplets in the whole batch, float32 [K].</param>
internal sealed record Triplets(Tensor P, Tensor Q, Tensor R, Tensor Grades, Tensor Lambda)
{
    /// <summary>The triplets of a part; null where it has none. The tensors belong to the caller's scope.</summary>
    public static Triplets? Of(DiffusionModel model, Tensor output, Tensor noisy, Tensor t, GradeBatch batch, int first, (int, int)[]? others) =>
        model.Shape.Config.Ordinal.Triplets == TripletKind.Images
            ? OfImages(model, output, noisy, t, batch, first)
            : OfConditions(model, output, noisy, t, batch, first, others);

    /// <summary>Two further grades for each slot, all three different; null for <see cref="TripletKind.Images"/>, at weight 0, or under three grades.</summary>
    public static (int, int)[]? OtherGrades(DiffusionConfig config, GradeBatch batch, int classes, ulong seed, long step)
    {
        if (config.Ordinal.Triplets == TripletKind.Images || config.Ordinal.Weight == 0 || classes < 3)
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
        var eps = Prediction.Eps(model.Shape.Config.Prediction, model.Schedule, output, noisy, t);
        return Gather(model, eps, [.. mine.Select(k => new[] { 3 * k, 3 * k + 1, 3 * k + 2 })],
            slot => slot - first, slot => batch.Grades[slot], slot => batch.Times[slot], live.Length);
    }

    private static Triplets? OfConditions(
        DiffusionModel model, Tensor output, Tensor noisy, Tensor t, GradeBatch batch, int first, (int, int)[]? others)
    {
        var n = (int)output.shape[0];
        var mine = Enumerable.Range(0, n).Where(i => !batch.Dropped[first + i]).ToArray();
        if (others is null || mine.Length == 0)
        {
            return null;
        }
        // entries 0..n-1 are the slots under their own grade, n..2n-1 under the first other one, 2n..3n-1 under the second
        var grades = Enumerable.Range(0, 3 * n).Select(e => e < n ? batch.Grades[first + e] : e < 2 * n ? others[first + e - n].Item1 : others[first + e - 2 * n].Item2).ToArray();
        var y = tensor(Array.ConvertAll(grades[n..], g => (long)g), device: output.device);
        var more = model.Output(cat([noisy, noisy]), cat([t, t]), y);
        var eps = Prediction.Eps(model.Shape.Config.Prediction, model.Schedule, cat([output, more]), cat([noisy, noisy, noisy]), cat([t, t, t]));
        return Gather(model, eps, [.. mine.Select(i => new[] { i, i + n, i + 2 * n }.OrderBy(e => grades[e]).ToArray())],
            entry => entry, entry => grades[entry], entry => batch.Times[first + entry % n], batch.Dropped.Count(d => !d));
    }

    private static Triplets Gather(DiffusionModel model, Tensor eps, int[][] triplets, Func<int, int> row, Func<int, int> grade, Func<int, long> time, int count)
    {
        var config = model.Shape.Config;
        Tensor Noises(int place) => eps.index_select(0, tensor(Array.ConvertAll(triplets, x => (long)row(x[place])), device: eps.device));
        var grades = tensor(triplets.SelectMany(x => x.Select(i => (long)grade(i))).ToArray(), device: eps.device).reshape(-1, 3);
        var lambda = Array.ConvertAll(triplets, x =>
            (float)(OrdinalLoss.TimeWeight(config.Ordinal.Schedule, Array.ConvertAll(x, i => time(i)), config.Schedule.Steps) / count));
        return new(Noises(0), Noises(1), Noises(2), grades, tensor(lambda, device: eps.device));
    }
}
