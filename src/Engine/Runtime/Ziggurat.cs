namespace Odm.Engine.Runtime;

/// <summary>
/// Standard normal values by the ziggurat of Marsaglia and Tsang (2000) with 128 layers, as corrected by Doornik (2005,
/// "An improved ziggurat method to generate normal random samples"): layer and position come from different bits.
/// </summary>
internal static class Ziggurat
{
    private const int Layers = 128;
    private const double TailStart = 3.442619855899;
    private const double LayerArea = 9.91256303526217e-3;
    private static readonly double[] Edge = Edges();
    private static readonly double[] Ratio = [.. Enumerable.Range(0, Layers).Select(i => Edge[i + 1] / Edge[i])];

    public static double Draw(Rng rng)
    {
        while (true)
        {
            var bits = rng.NextUInt64();
            var layer = (int)(bits & (Layers - 1));
            var u = (long)(bits >> 11) * (2.0 / (1L << 53)) - 1; // [-1, 1), from the 53 high bits
            if (Math.Abs(u) < Ratio[layer])
            {
                return u * Edge[layer];
            }
            if (layer == 0)
            {
                return Tail(rng, u < 0);
            }
            var x = u * Edge[layer];
            var outer = Math.Exp(-.5 * (Edge[layer] * Edge[layer] - x * x));
            var inner = Math.Exp(-.5 * (Edge[layer + 1] * Edge[layer + 1] - x * x));
            if (inner + rng.NextDouble() * (outer - inner) < 1)
            {
                return x;
            }
        }
    }

    private static double Tail(Rng rng, bool negative)
    {
        double x, y;
        do
        {
            x = Math.Log(1 - rng.NextDouble()) / TailStart;
            y = Math.Log(1 - rng.NextDouble());
        }
        while (-2 * y < x * x);
        return negative ? x - TailStart : TailStart - x;
    }

    private static double[] Edges()
    {
        var edge = new double[Layers + 1];
        var f = Math.Exp(-.5 * TailStart * TailStart);
        edge[0] = LayerArea / f;
        edge[1] = TailStart;
        for (var i = 2; i < Layers; i++)
        {
            edge[i] = Math.Sqrt(-2 * Math.Log(LayerArea / edge[i - 1] + f));
            f = Math.Exp(-.5 * edge[i] * edge[i]);
        }
        return edge; // edge[128] = 0
    }
}
