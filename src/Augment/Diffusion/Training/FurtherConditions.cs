using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Diffusion.Training;

/// <summary>
/// The images of a part that the network is asked again under two further grades, for <see cref="TripletKind.Condition"/>.
/// </summary>
/// <param name="First">Slot at which the part begins.</param>
/// <param name="Slots">Slots of the m images, counted in the batch.</param>
/// <param name="Grades">First the first further grade of each, then the second; 2m.</param>
/// <param name="OfBatch">Such images in the whole batch.</param>
internal sealed record FurtherConditions(int First, int[] Slots, int[] Grades, int OfBatch)
{
    /// <summary>
    /// Those of slots <paramref name="first"/> to <paramref name="first"/> + <paramref name="n"/> (exclusive); null where the term asks for
    /// none. An image trained without its label is not asked again.
    /// </summary>
    public static FurtherConditions? Of(DiffusionConfig config, GradeBatch batch, int first, int n, (int, int)[]? others)
    {
        if (others is null)
        {
            return null;
        }
        int[] live = [.. Enumerable.Range(0, config.Ordinal.Slots(batch.Indices.Length)).Where(slot => !batch.Dropped[slot])];
        int[] mine = [.. live.Where(slot => slot >= first && slot < first + n)];
        return mine.Length == 0 ? null
            : new(first, mine, [.. mine.Select(slot => others[slot].Item1), .. mine.Select(slot => others[slot].Item2)], live.Length);
    }

    /// <summary>A tensor of the part, with the m entries behind it twice: [n, ...] becomes [n + 2m, ...].</summary>
    public Tensor Append(Tensor part)
    {
        using var scope = NewDisposeScope();
        var again = part.index_select(0, tensor(Array.ConvertAll(Slots, slot => (long)(slot - First)), device: part.device));
        return cat([part, again, again]).MoveToOuterDisposeScope();
    }

    /// <summary>The further grades, int64 [2m].</summary>
    public Tensor Classes(Device device) => tensor(Array.ConvertAll(Grades, g => (long)g), device: device);
}
