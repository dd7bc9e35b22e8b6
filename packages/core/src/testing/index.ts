export { type StoreCase, type StoreCaseOptions, storeCases } from './store-cases.js';
