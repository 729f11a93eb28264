using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Kernels;

/// <summary>The float32 tensors that belong to one parameter, number by number in the same order of memory.</summary>
/// <param name="weight">The parameter.</param>
/// <param name="gradient">Its gradient.</param>
/// <param name="first">Its first state tensor, or null.</param>
/// <param name="second">Its second state tensor, or null.</param>
/// <param name="count">How many numbers.</param>
internal readonly unsafe struct ParameterBlock(float* weight, float* gradient, float* first, float* second, long count)
{
    public readonly float* Weight = weight;
    public readonly float* Gradient = gradient;
    public readonly float* First = first;
    public readonly float* Second = second;
    public readonly long Count = count;
}

/// <summary>Loops over all numbers of many tensors as if they were one.</summary>
internal static unsafe class ParameterBlocks
{
    private const long Chunk = 1 << 15; // 128 KB a tensor: a sum over a chunk does not depend on the number of workers

    /// <summary>
    /// Numbers <paramref name="from"/> to <paramref name="to"/> (exclusive) of a block, as chunk number <paramref name="chunk"/> of all.
    /// </summary>
    public delegate void Body(in ParameterBlock block, nint from, nint to, int chunk);

    /// <summary>How many chunks the blocks make.</summary>
    public static int Chunks(ReadOnlySpan<ParameterBlock> blocks)
    {
        var count = 0L;
        foreach (var block in blocks)
        {
            count += (block.Count + Chunk - 1) / Chunk;
        }
        return checked((int)count);
    }

    /// <summary>Calls the body for each chunk, chunks divided among libtorch's workers.</summary>
    public static void ForEach(ParameterBlock[] blocks, Body body)
    {
        Workers.For(Chunks(blocks), (_, from, to) =>
        {
            var chunk = 0;
            foreach (ref readonly var block in blocks.AsSpan())
            {
                for (var at = 0L; at < block.Count; at += Chunk, chunk++)
                {
                    if (chunk >= to)
                    {
                        return;
                    }
                    if (chunk >= from)
                    {
                        body(block, (nint)at, (nint)Math.Min(at + Chunk, block.Count), chunk);
                    }
                }
            }
        });
    }

    /// <summary>Whether the tensors lie on the processor as float32, so that <see cref="ParameterBlock"/>s of them can be made.</summary>
    public static bool Take(IEnumerable<Tensor> tensors)
        => tensors.All(t => t.device_type == DeviceType.CPU && t.dtype == ScalarType.Float32);

    /// <summary>A gradient in the memory order of its parameter; within the caller's scope.</summary>
    public static Tensor Aligned(Tensor gradient, Tensor parameter) =>
        gradient.stride().AsSpan().SequenceEqual(parameter.stride()) ? gradient
        : empty_strided(parameter.shape, parameter.stride(), dtype: gradient.dtype).copy_(gradient);
}
