using System.Text.Json;
using Odm.Engine.Optimization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Odm.Engine.Tests.Training;

public sealed class MuonTests
{
    [Fact]
    public void Three_steps_agree_with_NumPy()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "muon.json")));
        var golden = file.RootElement;
        using var scope = NewDisposeScope();
        Tensor Of(JsonElement values, string name) => tensor(Numbers(values), [.. golden.GetProperty("shapes").GetProperty(name).EnumerateArray().Select(d => d.GetInt64())]);
        (string Name, Parameter Value)[] trained = [.. golden.GetProperty("start").EnumerateObject().Select(e => (e.Name, nn.Parameter(Of(e.Value, e.Name))))];
        using var optimizer = new Muon(trained);
        for (var step = 0; step < 3; step++)
        {
            foreach (var (name, value) in trained)
            {
                value.grad = Of(golden.GetProperty("gradients")[step].GetProperty(name), name);
            }
            optimizer.LearningRate = golden.GetProperty("rates")[step].GetDouble();
            optimizer.Update();
            foreach (var (name, value) in trained)
            {
                var expected = Numbers(golden.GetProperty("steps")[step].GetProperty(name));
                var found = value.detach().contiguous().data<float>().ToArray();
                found.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(2e-5f, $"step {step}, {name}");
            }
        }
    }

    [Theory]
    [InlineData(20, 50)]
    [InlineData(50, 20)]
    public void The_direction_of_a_matrix_has_singular_values_near_one_and_its_own_singular_vectors(int rows, int columns)
    {
        manual_seed(3);
        using var scope = NewDisposeScope();
        var x = randn(rows, columns);
        var direction = Muon.Orthogonal(stack([x, randn(rows, columns)]))[0];
        linalg.svdvals(direction).data<float>().ToArray().ShouldAllBe(s => s > .5f && s < 1.3f);
        // U Vᵀ x' is symmetric for x = U S Vᵀ
        var product = direction.mm(x.t());
        ((product - product.t()).norm() / product.norm()).item<float>().ShouldBeLessThan(1e-4f);
    }

    private static float[] Numbers(JsonElement values) => [.. values.EnumerateArray().Select(v => v.GetSingle())];
}
