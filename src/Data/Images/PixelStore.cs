using Odm.Engine.Files;

namespace Odm.Data.Images;

/// <summary>Where the bytes of images lie: one array per image, one long array, or a mapped file.</summary>
internal abstract class PixelStore
{
    public abstract ReadOnlySpan<byte> Item(long index, int length);

    /// <summary>Gives back memory that can be had again from a file.</summary>
    public virtual void Release()
    {
    }

    /// <summary>Items one after the other in one array.</summary>
    public sealed class Contiguous(byte[] bytes) : PixelStore
    {
        public override ReadOnlySpan<byte> Item(long index, int length) => bytes.AsSpan(checked((int)(index * length)), length);
    }

    /// <summary>An array for each item: no limit on the sum.</summary>
    public sealed class Separate(IReadOnlyList<byte[]> items) : PixelStore
    {
        public override ReadOnlySpan<byte> Item(long index, int length) => items[(int)index].AsSpan(0, length);
    }

    /// <summary>A mapped .npy file.</summary>
    public sealed class Mapped(NpyMap map) : PixelStore
    {
        public override ReadOnlySpan<byte> Item(long index, int length) => map.Bytes(index * length, length);

        public override void Release() => map.Release();
    }
}

/// <summary>One image in a store.</summary>
internal readonly record struct PixelSlot(PixelStore Store, long Index)
{
    public ReadOnlySpan<byte> Bytes(int length) => Store.Item(Index, length);
}
