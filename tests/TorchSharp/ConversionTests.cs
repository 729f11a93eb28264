using TorchSharp;
using static TorchSharp.torch;

namespace TorchSharpTests;

public class ConversionTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Values_go_in_and_out_unchanged()
    {
        tensor([1.5f, -2f]).data<float>().ToArray().ShouldBe([1.5f, -2f]);
        tensor([1.5, -2]).data<double>().ToArray().ShouldBe([1.5, -2]);
        tensor([1L << 40]).data<long>().ToArray().ShouldBe([1L << 40]);
        tensor([1, -2]).data<int>().ToArray().ShouldBe([1, -2]);
        tensor(new byte[] { 0, 255 }).data<byte>().ToArray().ShouldBe([0, 255]);
        tensor([true, false]).data<bool>().ToArray().ShouldBe([true, false]);
        tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }).shape.ShouldBe([2, 3]);
        tensor([1f, 2f, 3f, 4f], [2, 2])[1, 0].ToSingle().ShouldBe(3);
        from_array(new double[,] { { 1, 2 } }, float32).dtype.ShouldBe(ScalarType.Float32);
        as_tensor(new List<long> { 1, 2 }).data<long>().ToArray().ShouldBe([1, 2]);
        Should.Throw<ArgumentException>(() => tensor([1f, 2f, 3f], [2, 2]));
    }

    [Fact]
    public void A_tensor_owns_its_copy_of_the_values()
    {
        var values = new[] { 1f, 2f };
        var x = tensor(values);
        values[0] = 9;
        x.data<float>().ToArray().ShouldBe([1f, 2f]);
    }

    [Fact]
    public void One_element_is_a_number_of_any_type()
    {
        var x = tensor(2.75f);
        (x.ToSingle(), x.ToDouble(), x.ToInt32(), x.ToInt64(), x.item<float>()).ShouldBe((2.75f, 2.75, 2, 2L, 2.75f));
        ((float)x, (int)tensor(3L), tensor(7).ToByte(), tensor(true).ToBoolean()).ShouldBe((2.75f, 3, (byte)7, true));
        Should.Throw<ArgumentException>(() => x.item<double>());
        Should.Throw<ArgumentException>(() => ones(2).item<float>());
    }

    [Fact]
    public void Bytes_are_the_tensors_memory()
    {
        var x = zeros([2], uint8);
        x.bytes[1] = 5;
        x[1].ToByte().ShouldBe((byte)5);
        x.bytes = new byte[] { 1, 2 };
        x.data<byte>().ToArray().ShouldBe([1, 2]);
        Should.Throw<NotImplementedException>(() => _ = ones(2, 3).t().bytes.Length);
    }

    [Fact]
    public void The_accessor_follows_strides()
    {
        var x = tensor([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]).t(); // [3, 2]
        x.data<float>().ToArray().ShouldBe([1f, 4f, 2f, 5f, 3f, 6f]);
        x.data<float>()[2, 1].ShouldBe(6);
        x.data<float>().CopyFrom([9f], 0, 1);
        x[0, 1].ToSingle().ShouldBe(9);
        x.data<float>().Skip(4).ShouldBe([3f, 6f]);
        Should.Throw<ArgumentOutOfRangeException>(() => x.data<float>()[3, 0]);
    }

    [Fact]
    public void Shapes_strides_and_types_are_told()
    {
        var x = zeros([2, 3, 4], int32);
        (x.ndim, x.numel(), x.element_size(), x.dtype, x.device.ToString()).ShouldBe((3, 24, 4, ScalarType.Int32, "cpu"));
        (x.size(-1), x.stride(0), x.is_contiguous(), x.transpose(0, 1).is_contiguous()).ShouldBe((4, 12, true, false));
        (x.is_integral(), x.is_floating_point(), x[1].storage_offset()).ShouldBe((true, false, 12));
        Should.Throw<ArgumentOutOfRangeException>(() => x.size(3));
    }

    [Fact]
    public void Conversions_keep_values_and_leave_the_original()
    {
        var x = tensor([1.9f, -1.9f]);
        x.to(int64).data<long>().ToArray().ShouldBe([1, -1]);
        x.to(float64, CPU).dtype.ShouldBe(ScalarType.Float64);
        x.to(tensor(0.0)).dtype.ShouldBe(ScalarType.Float64);
        x.to(CPU, disposeAfter: true).data<float>().ToArray().ShouldBe([1.9f, -1.9f]);
        x.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void Channels_last_is_a_layout_not_a_shape()
    {
        var x = rand(2, 3, 4, 4);
        var y = x.ChannelsLast();
        (y.IsChannelsLast, y.is_contiguous(), x.IsChannelsLast).ShouldBe((true, false, false));
        y.Equals(x).ShouldBeTrue();
        y.contiguous().is_contiguous().ShouldBeTrue();
    }

    [Fact]
    public void Devices_are_parsed()
    {
        var device = torch.device("cuda:1");
        (device.type, device.index, device.ToString()).ShouldBe((DeviceType.CUDA, 1, "cuda:1"));
        new Device("cpu").ToString().ShouldBe("cpu");
        Should.Throw<ArgumentException>(() => new Device("tpu"));
    }
}
