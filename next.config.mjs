/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or worker-based packages run from node_modules, not from a bundle.
  serverExternalPackages: ["onnxruntime-node", "@react-pdf/renderer", "@libpdf/core", "postgres", "openid-client"],
  typescript: { ignoreBuildErrors: true }, // `npm test` checks types of the whole repository, the programs in bin/ included
  experimental: { serverActions: { bodySizeLimit: "1mb" } },
};
export default config;
