namespace TorchSharp;

/// <summary>The engine's own choice of memory layout. A convolution's weight kept channels-last makes the activations follow, which is faster on some chips.</summary>
internal static class Layout
{
    /// <summary>Whether convolutions made from now on keep their weights channels-last.</summary>
    internal static bool ChannelsLast { get; set; } = true;

    // at::MemoryFormat::ChannelsLast
    private const long channelsLast = 2;

    /// <summary>A convolution's fresh weight in the chosen layout. Its values are the same either way; <c>contiguous()</c> gives the plain order.</summary>
    internal static torch.Tensor Weight(torch.Tensor weight)
    {
        if (!ChannelsLast || weight.ndim != 4)
        {
            return weight;
        }
        using (weight)
        {
            return Ops.contiguous.Call(weight, channelsLast);
        }
    }
}
