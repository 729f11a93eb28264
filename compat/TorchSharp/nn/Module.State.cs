namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Parameters and persistent buffers by their names: the tensors themselves, no copies. Call <c>contiguous()</c> before reading their bytes.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= new Dictionary<string, Tensor>(StringComparer.Ordinal);
                var before = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in ownParameters.Items)
                {
                    destination.TryAdd(before + name, parameter);
                }
                foreach (var (name, buffer) in named_buffers(false, false))
                {
                    destination.TryAdd(before + name, buffer);
                }
                foreach (var (name, child) in named_children())
                {
                    child.state_dict(destination, before + name);
                }
                return destination;
            }

            /// <summary>Copies values in; with <paramref name="strict"/> the names must be the same on both sides. Returns the missing and the unexpected names.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var destination = state_dict();
                bool Skipped(string key) => skip is not null && skip.Contains(key);
                var missing = destination.Keys.Where(k => !source.ContainsKey(k) && !Skipped(k)).ToList();
                var unexpected = source.Keys.Where(k => !destination.ContainsKey(k) && !Skipped(k)).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                {
                    throw new InvalidOperationException(
                        $"The loaded state_dict is not identical to the target dictionary: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}]");
                }
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                foreach (var (key, value) in source)
                {
                    if (!Skipped(key) && destination.TryGetValue(key, out var target))
                    {
                        if (!target.shape.SequenceEqual(value.shape))
                        {
                            throw new ArgumentException($"Mismatched state_dict sizes for '{key}': [{string.Join(", ", value.shape)}] into [{string.Join(", ", target.shape)}]", nameof(source));
                        }
                        target.copy_(value);
                    }
                }
                return (missing, unexpected);
            }

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Convert(device, dtype, non_blocking);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                Convert(new Device(deviceType, deviceIndex), null, non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Convert(null, dtype, non_blocking);

            // The Tensor objects stay the same, so that fields, properties and optimizers keep what they hold; only floating-point ones change type.
            private Module Convert(Device? device, ScalarType? dtype, bool non_blocking)
            {
                foreach (var (_, parameter) in ownParameters.Items)
                {
                    Convert(parameter, device, dtype, non_blocking);
                }
                foreach (var (_, buffer) in ownBuffers.Items)
                {
                    Convert(buffer, device, dtype, non_blocking);
                }
                foreach (var (_, child) in ownModules.Items)
                {
                    child.Convert(device, dtype, non_blocking);
                }
                return this;
            }

            private static void Convert(Tensor tensor, Device? device, ScalarType? dtype, bool non_blocking)
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                var type = dtype is { } t && tensor.is_floating_point() ? t : tensor.dtype;
                var fresh = tensor.detach().to(type, device ?? tensor.device, non_blocking: non_blocking);
                if (fresh.dtype != tensor.dtype || fresh.device_type != tensor.device_type || fresh.device_index != tensor.device_index)
                {
                    tensor.Assign(fresh);
                }
            }
        }
    }
}
